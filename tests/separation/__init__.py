"""Tests of the locks between compartments; each plants a violation and sees it caught."""
