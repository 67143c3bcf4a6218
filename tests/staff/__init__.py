"""Tests of the compartment staff."""
