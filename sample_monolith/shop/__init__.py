"""The shop: storefront API, back office, background jobs."""

__version__ = "6.14.2"
