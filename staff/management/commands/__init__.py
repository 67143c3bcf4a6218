"""Management commands of the compartment staff."""
