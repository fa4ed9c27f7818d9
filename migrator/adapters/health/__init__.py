"""How legacy is: one file a way to ask."""
