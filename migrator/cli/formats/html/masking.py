"""Values of credentials in lines of code, made unreadable: a page is sent around, and shown to more people than the code.

In: a line. Out: the line, with a dotted text for each literal that stands beside a name of a credential, for the password of
an address, and for what has the look of a key. Names of credentials are those of `migrator.plan.outside.secrets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Final

MASK: Final = "•••"

# A name, then what joins it with a value (`=`, `:`, a comma of a call, a bracket), then a literal, which may go on after the
# line. A name begins where no other one goes on, so that a long line is read once.
_NAMED = re.compile(
    r"""(?P<before>(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*+)["'\]\)]*+\s*+(?::\s*[\w.\[\]| ]++=|[=:,])\s*+[rbufRBUF]{0,2})"""
    r"""(?P<quote>\"{3}|'{3}|["'])(?P<value>(?:\\.|(?!(?P=quote)).)++)(?P<end>(?P=quote)|$)"""
)
_ADDRESS = re.compile(r"(://[^\s:/@\"']*+:)[^\s@/\"']++@")
# AWS ("IAM identifiers": AKIA and ASIA), GitHub and GitLab ("token formats"), Slack, Stripe; a long run of what base64 is
# written in, with capitals, small letters and digits, such as the lines of a private key.
_KEY = re.compile(
    r"\b(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|[sr]k_live_\w{16,})"
    r"|(?<![\w+/.-])(?=(?:[A-Za-z+/]*\d){3})(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])[A-Za-z0-9+/]{40,}+={0,2}(?![\w.])"
)
_SHORTEST_KEY: Final = 20  # of those above
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def masked(line: str) -> str:
    """The line without values that nobody should read."""
    if len(line) < _SHORTEST_KEY and not any(char in line for char in "\"':"):
        return line
    line = _KEY.sub(MASK, _ADDRESS.sub(rf"\1{MASK}@", line))
    return _NAMED.sub(_value(_credential()), line)


def _value(credential: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    def replaced(found: re.Match[str]) -> str:
        if not credential(found["name"]):
            return found[0]
        return f"{found['before']}{found['quote']}{MASK}{found['end']}"

    return replaced


@cache
def _credential() -> Callable[[str], bool]:
    from migrator.plan.outside.secrets import PAIRS, WORDS

    @cache
    def is_one(name: str) -> bool:
        parts = [part.lower() for part in _PART.findall(name)]
        return any(part in WORDS for part in parts) or any(pair in PAIRS for pair in pairwise(parts))

    return is_one
