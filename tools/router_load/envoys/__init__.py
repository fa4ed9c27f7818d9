"""Envoys to compare: the product's, the product's without one of its parts, one that a person would write, and one
that answers by itself."""
