"""Move event-shaped functions out of a Python monolith into AWS Lambda, one at a time."""

__version__ = "0.1.0"
