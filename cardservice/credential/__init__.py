"""The credential kernel: the wire format as pure functions; no Django, no I/O, no clock. SPEC.md is its prose."""
