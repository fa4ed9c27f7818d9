"""Sides that a comparison can ask, one file each."""
