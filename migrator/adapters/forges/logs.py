"""Keeps a token out of what client libraries log.

In: a token. Out: filters on the loggers of the libraries, until they are lifted. They mask the header that they send themselves, but
log what a forge answers as it comes, and a forge may repeat what it was sent.
"""

from __future__ import annotations

import logging
from typing import Final

from migrator.adapters.forges.tokens import Token

_LOGGERS: Final = ("github", "github.Requester", "github.GithubRetry", "urllib3.connectionpool", "urllib3.util.retry")
"""Those that PyGithub, python-gitlab and what they send with write to. A filter holds for its own logger alone."""


class Silence(logging.Filter):
    """Takes a token out of each record."""

    def __init__(self, token: Token) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without the token."""
        record.msg, record.args = self._token.scrubbed(record.getMessage()), None
        return True

    def lift(self) -> None:
        """Let the loggers be as they were."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)


def kept_off_the_terminal(logger: str) -> None:
    """Let a library that writes to standard error on its own leave that to whoever configures logging."""
    found = logging.getLogger(logger)
    for handler in list(found.handlers):
        if type(handler) is logging.StreamHandler:
            found.removeHandler(handler)


def silenced(token: Token) -> Silence:
    """Take a token out of all that is logged from now on."""
    silence = Silence(token)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(silence)
    return silence
