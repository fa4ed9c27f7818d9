"""What whoever deploys is asked for: a parameter for each resource that the code does not name.

In: needs whose targets may be missing. Out: the same needs with every target found, and the parameters. A target that
no argument names is first looked for among those of the slice's other calls on the same service: the iterator, token
or text that stands for it came from one of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrator.artifacts.naming import logical_id
from migrator.artifacts.permissions.needs import ASKED, Found, Missing, Need, Target, unique
from migrator.domain.permissions import NamedResource
from migrator.domain.plans import EventSource
from migrator.domain.sdk_calls import SdkCall

_WORDS = 2
"""Of the way to something, in the name of its parameter."""

_OF_OBJECT = ("{self.", "{cls.")

# What events say of their source, by the last words of how the code gets at it, to the parameter that the template has
# for it: the bucket of a notification, from S3 or by EventBridge.
_OF_EVENT: Mapping[EventSource, Mapping[tuple[str, ...], str]] = {
    EventSource.OBJECT_STORE: {("s3", "bucket", "name"): "BucketName", ("detail", "bucket", "name"): "BucketName"},
}


@dataclass(frozen=True, slots=True)
class _Question:
    """What is the same thing wherever it is asked for."""

    kind: str
    by_name: bool
    arn: str
    scope: str
    source: str
    setting: str


def ask(
    needs: Sequence[Need], source: EventSource = EventSource.DIRECT
) -> tuple[tuple[Need, ...], tuple[NamedResource, ...]]:
    """Fill what is missing.

    Args:
        source: of the events, whose own resource has a parameter already.
    """
    known = [replace(need, targets=tuple(_of_event(each, source) for each in need.targets)) for need in needs]
    inherited = [replace(need, targets=_inherited(need, known)) for need in known]
    asked: dict[_Question, SdkCall] = {}
    for need in inherited:
        for target in need.targets:
            if isinstance(target, Missing):
                asked.setdefault(_question(target, need.call), need.call)
    names = _names(asked)
    filled = tuple(
        replace(need, targets=tuple(_filled(target, need.call, names) for target in need.targets)) for need in inherited
    )
    return filled, tuple(
        _named(question, call, names[question])
        for question, call in sorted(asked.items(), key=lambda item: names[item[0]])
    )


def _of_event(target: Target, source: EventSource) -> Target:
    """A target that is what the events come from."""
    if isinstance(target, Missing) and target.by_name and target.source.endswith("}"):
        words = tuple(re.findall(r"\w+", target.source))
        for ends, parameter in _OF_EVENT.get(source, {}).items():
            if words[-len(ends) :] == ends:
                return Found(target.type, target.pattern.replace(ASKED, f"${{{parameter}}}"))
    return target


def _inherited(need: Need, needs: Sequence[Need]) -> tuple[Target, ...]:
    found: list[Target] = []
    for target in need.targets:
        if isinstance(target, Missing) and not target.source and not target.setting:
            others = [
                other
                for each in needs
                if each.call.service == need.call.service
                for other in each.targets
                if other.type == target.type and (isinstance(other, Found) or other.source)
            ]
            found.extend(others or [target])
        else:
            found.append(target)
    return unique(found)


def _question(target: Missing, call: SdkCall) -> _Question:
    if target.setting:
        return _Question(target.kind, target.by_name, target.arn, "", "", target.setting)
    # An attribute is the same one in all methods of its class, a part of the event in the whole service; a local name
    # is its function's.
    scope = call.function
    if target.source.startswith(_OF_OBJECT):
        scope = call.function.rpartition(".")[0]
    elif re.match(r"\{(?:an item of )?event\b", target.source):
        scope = ""
    return _Question(target.kind, target.by_name, target.arn, scope, target.source, "")


def _names(asked: Mapping[_Question, SdkCall]) -> Mapping[_Question, str]:
    names: dict[_Question, str] = {}
    for question in sorted(asked, key=lambda each: (each.scope, each.setting, each.kind, each.source)):
        what = question.kind if question.by_name else f"{question.kind} Arn"
        if question.setting:
            wanted = logical_id(f"{question.setting.title()} {what}")
        elif not question.scope:
            wanted = logical_id(f"{' '.join(re.findall('[a-z]+', question.source.lower())[-_WORDS:])} {what}".title())
        else:
            wanted = logical_id(f"{question.scope.rpartition('.')[2].replace('_', ' ').title()} {what}")
        digest = hashlib.sha256("\n".join((question.scope, question.source, question.setting)).encode()).hexdigest()[:7]
        names[question] = wanted if wanted not in names.values() else f"{wanted}{digest}"
    return names


def _filled(target: Target, call: SdkCall, names: Mapping[_Question, str]) -> Found:
    if isinstance(target, Found):
        return target
    parameter = names[_question(target, call)]
    return Found(target.type, target.pattern.replace(ASKED, f"${{{parameter}}}"))


def _named(question: _Question, call: SdkCall, parameter: str) -> NamedResource:
    if question.setting:
        reason = f"the setting {question.setting} is not set by this template"
    elif question.source:
        reason = f"the code says {question.source}, which is known only when it runs"
    else:
        reason = "no argument of the call says which"
    what = f"the {question.kind}" if question.by_name else f"ARN of the {question.kind}"
    return NamedResource(
        parameter,
        question.kind,
        question.by_name,
        question.arn,
        f"{what[:1].upper()}{what[1:]} of {call.method} at {call.location}: {reason}.",
        reason,
        call.location,
    )
