"""Other people's implementations of the same standards: each reads what the other writes, as far as it can."""
