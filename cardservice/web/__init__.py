"""Shared HTTP plumbing of the web processes: limits, headers, strict JSON, problem details."""
