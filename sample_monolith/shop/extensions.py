"""Flask extensions, bound to the application in shop.app."""

from flask_caching import Cache

cache = Cache()
