"""Address tables, one module a web process."""
