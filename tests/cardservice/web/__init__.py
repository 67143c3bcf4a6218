"""Tests of the shared HTTP plumbing."""
