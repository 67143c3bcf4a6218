"""Renders a card and its paper: bytes in, bytes out; no file, no temporary file, no clock, no Django."""
