"""Small things that every part of the shop uses."""
