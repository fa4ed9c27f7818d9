"""The shop itself, the back office and what others call us back with."""
