"""The ARNs of the resources that a call is about.

In: a resource type, its ARN's template, the arguments of the call. Out: `Found` and `Missing` targets. Below a resource
that is named, what is known only when it runs is `*`; a name whose beginning is not known is asked for. Which types a
call is about is decided by `types`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product

from migrator.artifacts.permissions.names import Name, names_of
from migrator.artifacts.permissions.needs import ASKED, Found, Missing, Target, unique
from migrator.artifacts.permissions.parameters import parameters_of
from migrator.artifacts.permissions.settings import SettingsShown
from migrator.artifacts.permissions.texts import pattern_of, setting_without_parameter, source_of
from migrator.cloud_facts.iam import authorized_service, rules
from migrator.domain.sdk_calls import PartKind, SdkCall, Text, TextPart

_PSEUDO = {"Partition": "AWS::Partition", "Account": "AWS::AccountId"}
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_MOST = 24
"""Resources of one argument; a call that has more ways is followed by the first ones only."""


@dataclass(frozen=True, slots=True)
class Request:
    """One operation of a call, and what its arguments are called there.

    Attributes:
        by: variable of an ARN to the parameter that names it, where that is said for this request alone.
    """

    call: SdkCall
    operation: str
    arguments: Mapping[str, tuple[Text, ...]]
    settings: SettingsShown
    by: Mapping[str, str] | None = None

    @property
    def region(self) -> str:
        """The region of the client, as it stands in an ARN."""
        patterns = [pattern_of(text, self.settings) for text in self.call.region]
        known = [each for each in patterns if each.known and each.whole and not each.needs]
        return known[0].text if len(patterns) == 1 and known else "${AWS::Region}"


def targets_of(type_: str, request: Request, action: str = "") -> tuple[Target, ...]:
    """The resources of a type (`s3:object`) that a request is about."""
    template = _template(type_)
    first, *later = _variables(template) or [""]
    if not first:
        return (Found(type_, _resolved(template, request)),)
    tail = _tail(type_, request, action)
    naming = _naming(type_, request)
    ways = _alternatives({variable: naming[variable][1] for variable in later}, request)
    ends = [f"{_rest(template, first, values)}{tail}" for values in ways]
    goes_on = any(naming[variable][0] for variable in later)
    parameter, texts = naming[first]
    found: list[Target] = []
    for text in texts:
        names = names_of(type_, parameter, text, request.settings)
        for name in names:
            # An ARN of a whole resource is only followed by what the call names.
            follows = not name.ends and (goes_on or not name.whole)
            found.extend(_target(type_, name, end, request, follows) for end in (ends if follows else [tail]))
        if not names:
            found.extend(_missing(type_, first, end, request, text) for end in ends)
    if not texts:
        found.extend(_missing(type_, first, end, request, None) for end in ends)
    return unique(found)


def any_of(type_: str, request: Request, because: str) -> Found:
    """Every resource of a type, where AWS gives the name."""
    template = _template(type_)
    return Found(
        type_,
        _resolved(
            _VARIABLE.sub(lambda match: match[0] if match[1] in (*_PSEUDO, "Region") else "*", template), request
        ),
        because=because,
    )


def named_variables(type_: str, request: Request) -> tuple[bool, ...]:
    """For each variable of a type's ARN, whether the request has an argument for it."""
    naming = _naming(type_, request)
    return tuple(bool(naming[variable][0]) for variable in _variables(_template(type_)))


def extends(type_: str, other: str) -> bool:
    """Whether a type is a part of another one, as an index is of a table."""
    return type_ != other and _template(type_).startswith(_template(other))


def _template(type_: str) -> str:
    prefix, _, name = type_.partition(":")
    service = authorized_service(prefix)
    return service.types[name] if service is not None else ""


def _variables(template: str) -> list[str]:
    return [name for name in _VARIABLE.findall(template) if name not in (*_PSEUDO, "Region")]


def _naming(type_: str, request: Request) -> Mapping[str, tuple[str, tuple[Text, ...]]]:
    """Variable to the parameter that names it and its texts; a parameter names one variable. None where it is not given."""
    naming: dict[str, tuple[str, tuple[Text, ...]]] = {}
    for variable in _variables(_template(type_)):
        used = {parameter for parameter, _ in naming.values()}
        candidates = parameters_of(type_, variable, request.operation, request.arguments, request.by)
        parameter = next((each for each in candidates if each not in used and request.arguments.get(each)), "")
        default = rules().default_of(type_, variable, request.operation) if not parameter else ""
        texts = request.arguments[parameter][:_MOST] if parameter else ()
        naming[variable] = (parameter, ((TextPart(PartKind.LITERAL, default),),) if default else texts)
    return naming


def _alternatives(later: Mapping[str, tuple[Text, ...]], request: Request) -> list[Mapping[str, str]]:
    """What the variables after the first may be; `*` for one that is only known when it runs."""
    ways = [
        list(dict.fromkeys(pattern_of(text, request.settings).text for text in texts)) or ["*"]
        for texts in later.values()
    ]
    return [dict(zip(later, way, strict=True)) for way in islice(product(*ways), _MOST)]


def _rest(template: str, first: str, values: Mapping[str, str]) -> str:
    """What follows the first variable, the later ones filled."""
    rest = template.partition(f"${{{first}}}")[2]
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), rest)


def _target(type_: str, name: Name, end: str, request: Request, follows: bool) -> Found:
    template = _template(type_)
    first = _variables(template)[0]
    if not name.whole:
        text = f"{template.partition(f'${{{first}}}')[0]}{name.text}{end}"
        return Found(type_, _resolved(text, request), name.needs, name.conditions, name.because)
    text = name.text if end and name.text.endswith(end) else f"{name.text}{end}"
    arn = _template(_owner(type_, first) if follows else type_) if name.text.startswith("${") else ""
    return Found(type_, _resolved(text, request), name.needs, name.conditions, name.because, arn)


def _missing(type_: str, first: str, end: str, request: Request, text: Text | None) -> Missing:
    template = _template(type_)
    owner = _owner(type_, first)
    label = rules().called.get(owner, owner.partition(":")[2].partition("/")[0])
    source = source_of(text) if text is not None else ""
    setting = setting_without_parameter(text, request.settings) if text is not None else ""
    if owner in rules().asked_by_name:
        pattern = _resolved(f"{template.partition(f'${{{first}}}')[0]}{ASKED}{end}", request)
        return Missing(type_, label, pattern, True, "", source, setting)
    whole = owner == type_ and len(_variables(template)) > 1
    pattern = _resolved(ASKED if whole else f"{ASKED}{end}", request)
    return Missing(type_, label, pattern, False, _template(owner), source, setting)


def _owner(type_: str, first: str) -> str:
    """The type that the first variable names: the table, for an index."""
    before, sign, _ = _template(type_).partition(f"${{{first}}}")
    prefix = type_.partition(":")[0]
    service = authorized_service(prefix)
    if service is not None:
        for name, template in service.types.items():
            if template == f"{before}{sign}":
                return f"{prefix}:{name}"
    return type_


def _tail(type_: str, request: Request, action: str) -> str:
    tail = "" if action in rules().tail_less else rules().tails.get(type_, "")
    parameter = rules().qualified.get(type_, "")
    texts = request.arguments.get(parameter, ())
    if not texts:
        return tail
    return f"{tail}:{pattern_of(texts[0], request.settings).text if len(texts) == 1 else '*'}"


def _resolved(text: str, request: Request) -> str:
    text = text.replace("${Region}", request.region)
    for name, pseudo in _PSEUDO.items():
        text = text.replace(f"${{{name}}}", f"${{{pseudo}}}")
    return text
