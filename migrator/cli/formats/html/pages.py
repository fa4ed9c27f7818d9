"""Templates of the page, its style sheet and its script, and the policy that lets the page use nothing else.

In: the context of a template. Out: HTML. Every text that a template prints is escaped, and made visible first
(`texts.shown`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from migrator.cli.formats.html.texts import shown
from migrator.resources import templates_root

if TYPE_CHECKING:
    from jinja2 import Environment

_STYLE: Final = "report/page.css"
# In this order: a part uses what stands above it.
_SCRIPT: Final = tuple(
    f"report/script/{name}.js"
    for name in (
        "theme",
        "elements",
        "rows",
        "address",
        "filtering",
        "details_data",
        "details_parts",
        "details",
        "table",
        "chips",
        "start",
    )
)


@cache
def environment() -> Environment:
    """Jinja with escaping on, for the page's templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )


def render(template: str, context: Mapping[str, object]) -> str:
    """The text of one template."""
    return environment().get_template(template).render(context)


def style() -> str:
    """The style sheet."""
    return _read(_STYLE)


def script() -> str:
    """The one script."""
    return "\n".join(_read(name) for name in _SCRIPT)


def policy(style_text: str, script_text: str) -> str:
    """What a browser lets the page do: show itself in this style, and run this script. No request, form, frame or image."""
    return (
        f"default-src 'none'; style-src '{_hash(style_text)}'; script-src '{_hash(script_text)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """As a policy names the content of an element (Content Security Policy Level 3, "hash-source")."""
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _read(name: str) -> str:
    made = environment()
    assert made.loader is not None
    return made.loader.get_source(made, name)[0]


def _visible(value: object) -> object:
    return shown(value) if type(value) is str else value  # Markup is ready
