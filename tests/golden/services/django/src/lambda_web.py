"""Django's own WSGI application, with the project's settings and only this function's routes."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path, re_path

from shop.views import tax

# Of the monolith's own, and not here.
LEFT_BEHIND = ["shop.stamps.Stamp"]
settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in LEFT_BEHIND]
settings.ROOT_URLCONF = __name__
# An exception leaves the application, and the handler: see there.
settings.DEBUG_PROPAGATE_EXCEPTIONS = True
# API Gateway passes on what it was asked under, and answers under no other name.
settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".amazonaws.com"]

view = tax
urlpatterns = [
    path("tax/<slug:country>/<int:cents>/", view, name="tax"),
    re_path("^old/(?P<country>[A-Z]{2})$", view, {"cents": 7}),
]
web = get_wsgi_application()
