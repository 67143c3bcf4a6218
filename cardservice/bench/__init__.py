"""Benchmarks: what this system adds to the bare operation underneath, as ratios measured in one run."""
