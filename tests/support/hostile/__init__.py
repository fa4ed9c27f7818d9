"""Monoliths whose texts would like to be more than texts, with a harmless twin each, and how to see that they were not."""
