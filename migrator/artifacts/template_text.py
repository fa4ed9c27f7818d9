"""The text of a SAM template, in which nothing from the code is looked up by whoever deploys it.

In: what the template is told. Out: its text. Quoting is for the filters; but CloudFormation looks a dynamic reference up
wherever it stands in a template, in a quoted text too, and knows no way to write one that stays text ("Using dynamic
references to specify template values", read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from migrator.artifacts.rendering import render
from migrator.domain.assessments import Assessment
from migrator.errors import Refused

TEMPLATE = "sam/template.yaml.j2"
_REFERENCE = re.compile(r"\{\{resolve:[^}\"]*")


def template_text(context: Mapping[str, object], assessment: Assessment) -> str:
    """The template.

    Raises:
        Refused: a text of the code, in it, is a reference to somebody's parameter or secret.
    """
    text = render(TEMPLATE, context)
    found = _REFERENCE.search(text)
    if found is None:
        return text
    raise Refused(
        f"a text that the template of {assessment.name} would repeat has {found[0]!r} in it, which CloudFormation looks up",
        hint="say it otherwise in the monolith: put the text together from two, or let a setting give it",
        location=str(assessment.location),
    )
