"""What visitors look at. No names, no addresses; the visit's number is made up in the browser."""
