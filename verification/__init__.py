"""Compartment verification (WHETHER): agreements, accepted public documents, the check."""
