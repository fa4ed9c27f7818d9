"""Places where the last comparison of a route is remembered, one file each."""
