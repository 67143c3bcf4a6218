"""Compartment staff: accounts, second factors and sessions of the city's staff, and nothing else."""
