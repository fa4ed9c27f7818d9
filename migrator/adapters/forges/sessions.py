"""The connections under python-gitlab, with a fence around them.

In: requests that the library makes. Out: what succeeded; everything else as `Unsuccessful`, with the headers that the library's own
errors leave out. Nothing goes to another origin than the API's, whatever a redirect or a link of an answer says.
"""

from __future__ import annotations

from typing import Any

import requests

from migrator.adapters.forges.addresses import origin_of
from migrator.adapters.forges.answers import Answer


class Unsuccessful(Exception):
    """An answer that is none of 2xx."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _Guarded(requests.Session):
    def __init__(self, api: str) -> None:
        super().__init__()
        self._origin = origin_of(api)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if origin_of(request.url or "") != self._origin:
            raise Unsuccessful(Answer(301))
        response = super().send(request, **kwargs)
        if not 200 <= response.status_code < 300:
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise Unsuccessful(Answer(response.status_code, _words(response), headers))
        return response

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target: str | None = super().get_redirect_target(resp)
        # A project that was renamed is found at its new place; what is written is not sent a second time.
        return target if resp.request.method in ("GET", "HEAD") else None

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Nothing: it is the same host, and a password of ~/.netrc is not for it."""


def guarded_session(api: str) -> requests.Session:
    """Connections to one origin.

    Args:
        api: base URL of the REST API.
    """
    return _Guarded(api)


def _words(response: requests.Response) -> str:
    """GitLab's own words, which are a text, a list, or lists by field. Source: GitLab docs, "REST API troubleshooting"."""
    try:
        data = response.json()
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return str(data)
    return "; ".join(_flat(data.get("message") or data.get("error_description") or data.get("error") or ""))


def _flat(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{name} {text}" for name, inner in value.items() for text in _flat(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _flat(inner)]
    return [str(value)]
