"""The office's pages about agreements and places, for coordinators, and for auditors to read."""
