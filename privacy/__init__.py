"""Compartment privacy (WHY, HOW LONG, PROOF): the staff action log."""
