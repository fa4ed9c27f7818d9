"""Which pages of other origins may ask an HTTP API, in the words of its template.

In: a plan's `CrossOrigin`. Out: `CrossOriginShown`. An answer to a page's question is kept by browsers for a day at
most: "Configuring CORS for an HTTP API" takes 86,400 s.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.artifacts.quoting import comment_lines
from migrator.domain.plans import CrossOrigin

_LONGEST_S = 86_400


@dataclass(frozen=True, slots=True)
class CrossOriginShown:
    """What the template says.

    Attributes:
        lists: property to its texts; a property without any is left out.
        max_age_s: None where nothing is said.
        because: lines of a comment.
    """

    lists: tuple[tuple[str, tuple[str, ...]], ...]
    max_age_s: int | None
    credentials: bool
    because: tuple[str, ...]


def cross_origin_shown(rules: CrossOrigin | None) -> CrossOriginShown | None:
    """The same for a template; None where the application says nothing."""
    if rules is None:
        return None
    lists = (
        ("AllowOrigins", rules.origins),
        ("AllowMethods", rules.methods),
        ("AllowHeaders", rules.headers),
        ("ExposeHeaders", rules.exposed),
    )
    age = None if rules.max_age_s is None else max(0, min(rules.max_age_s, _LONGEST_S))
    said = f"As {rules.location} says it. The API answers for it, whatever the function says."
    return CrossOriginShown(
        tuple((name, texts) for name, texts in lists if texts), age, rules.credentials, comment_lines(said)
    )
