"""Whether the service stays within the limits of AWS: one module a subject, each a function from `Subject` to findings.

In: a service folder. Out: a `Check`. The limits are those of `migrator/cloud_facts`. A value that is known only when it is
deployed is taken for its default, or for one that it would have.
"""

from __future__ import annotations

from pathlib import Path

from migrator.adapters.checks.limits import apis, environment, names, package, payloads, queues, ranges, roles, stack
from migrator.adapters.checks.limits.subject import Subject
from migrator.adapters.checks.template import FILE, read_template, translated
from migrator.adapters.checks.tools import unknown
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, judged

_NAME = "limits"
_SUBJECTS = (
    ranges.findings,
    environment.findings,
    queues.findings,
    apis.findings,
    names.findings,
    roles.findings,
    stack.findings,
    payloads.findings,
)


def check(folder: Path) -> Check:
    """Hold the translated template, the package and the example events against the limits."""
    template = read_template(folder)
    if isinstance(template, str):
        return Check(_NAME, CheckOutcome.FAILED, f"no {FILE}", (CheckFinding(template, FILE),))
    made = translated(template.text)
    if made.document is None:
        return unknown(_NAME, "not looked at: the template is not translated (see sam)")
    subject = Subject(folder, template, made)
    sizes = package.sizes(subject)
    findings = [each for of in _SUBJECTS for each in of(subject)]
    findings += package.findings(subject, sizes)
    summary = f"{len(made.resources)} resources; {package.summary(sizes)}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.PASSED)
