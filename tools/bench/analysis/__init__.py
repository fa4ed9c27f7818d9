"""How fast an analysis is: see `__main__`."""
