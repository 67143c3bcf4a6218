"""Translations: they are extracted from the sources and none is missing."""
