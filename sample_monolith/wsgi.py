"""Entry point for the WSGI server: `waitress-serve wsgi:app` in production."""

from shop.app import create_app

app = create_app()
