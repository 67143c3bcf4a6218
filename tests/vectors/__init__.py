"""Vectors of the wire format, shared by every implementation, and the generator that makes them."""
