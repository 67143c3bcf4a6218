"""The frame: settings, processes, router and command line; no business rule lives here."""
