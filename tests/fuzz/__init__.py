"""Coverage-guided fuzzing of the readers, run by hand; docs/benchmarks.md has the figures of the last run."""
