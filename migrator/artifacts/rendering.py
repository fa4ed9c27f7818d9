"""Templates to text.

In: the name of a template and what it is told. Out: text. The templates are plain Jinja: `if` and `for` only,
every name must be given, and text from analyzed code passes through one of the filters in `quoting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from migrator.artifacts.quoting import markdown_line, prose, python_literal, quoted, regex_literal
from migrator.markdown import cell_code, cell_text, code_span, inline_text
from migrator.resources import templates_root


@cache
def environment() -> Environment:
    """The one environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters = {
        **made.filters,
        "py": python_literal,
        "regex": regex_literal,
        "quoted": quoted,
        "prose": prose,
        "span": code_span,
        "line": markdown_line,
        "text": inline_text,
        "cell_code": cell_code,
        "cell_text": cell_text,
    }
    return made


def render(template: str, context: Mapping[str, object]) -> str:
    """The text of one template."""
    return environment().get_template(template).render(context)
