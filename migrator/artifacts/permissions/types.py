"""Which resources an action of a request is about.

In: the action and the request. Out: its targets. The reference says which types AWS checks and which of them have to be
there; `rules` says where that is not enough. How an ARN is filled is `arns`.
"""

from __future__ import annotations

from migrator.artifacts.permissions.arns import Request, any_of, extends, named_variables, targets_of
from migrator.artifacts.permissions.needs import ASKED, Found, Missing, Target, unique
from migrator.artifacts.permissions.texts import pattern_of, source_of
from migrator.cloud_facts.iam import authorized_service, rules
from migrator.domain.sdk_calls import Text

NO_LEVEL = "AWS has no resource level for it"
NONE_NAMED = "the request names no resource, and AWS asks for none"
NEW = "AWS names it"
_ANYTHING = ("ResourceArn", "resourceArn", "ResourceARN", "resourceARN", "Resource", "Resources", "ResourceId")


def resources_for(action: str, request: Request) -> tuple[Target, ...]:
    """The targets of an action that the reference has."""
    given, reason = rules().without_resource.get(action, ("", ""))
    prefix, _, name = action.partition(":")
    if given in request.arguments and not _names_any(action, request):
        return (Found("", "*", because=reason),)
    service = authorized_service(prefix)
    listed = rules().types.get(action) or (service.actions[name] if service is not None else ())
    if not listed:
        return (Found("", "*", because=NO_LEVEL),)
    found: list[Target] = []
    for type_ in _chosen(prefix, listed, request):
        found.extend(_of_type(type_, action, request))
    return unique(found) or _one_of(prefix, listed, action, request)


def _names_any(action: str, request: Request) -> bool:
    prefix, _, name = action.partition(":")
    service = authorized_service(prefix)
    return service is not None and any(
        any(named_variables(f"{prefix}:{type_.lstrip('?')}", request)) for type_ in service.actions[name]
    )


def _chosen(prefix: str, listed: tuple[str, ...], request: Request) -> list[str]:
    """The types that count: those that have to be there, those that the request names, and no whole beside its part."""
    chosen: list[str] = []
    needed = [f"{prefix}:{entry}" for entry in listed if entry[0] not in "?+" and "|" not in entry]
    for entry in listed:
        options = [f"{prefix}:{each.lstrip('?+')}" for each in entry.split("|")]
        if entry.startswith("+"):
            chosen.append(f"+{options[0]}")
        elif entry.startswith("?"):
            named = named_variables(options[0], request)
            part = any(extends(options[0], whole) for whole in needed)
            chosen += options if named and named[-1 if part else 0] else []
        else:
            chosen.append(next((each for each in options if all(named_variables(each, request))), options[-1]))
    parts = [type_ for type_ in chosen if f"?{type_.partition(':')[2]}" in listed]
    return [type_ for type_ in chosen if not any(extends(part, type_) for part in parts if not type_.startswith("+"))]


def _of_type(type_: str, action: str, request: Request) -> tuple[Target, ...]:
    if type_.startswith("+"):
        return (any_of(type_[1:], request, NEW),)
    found = targets_of(type_, request, action)
    made = action.partition(":")[2].lower().endswith(type_.partition(":")[2].replace("-", "").lower())
    if made and _creates(request.operation) and all(isinstance(each, Missing) and not each.source for each in found):
        return (any_of(type_, request, NEW),)
    return found


def _creates(operation: str) -> bool:
    return operation.startswith(("Create", "Import", "Allocate", "Start", "Submit", "Run"))


def _one_of(prefix: str, listed: tuple[str, ...], action: str, request: Request) -> tuple[Target, ...]:
    """Where every type is only one of several, and the request names none by its parameters.

    Then an argument names any resource by its ARN, or the type that a row of the rules is about is the one that is
    meant: an object, not the access point that stands before it. Else the request is about no resource at all.
    """
    parameter = next((each for each in _ANYTHING if request.arguments.get(each)), "")
    if parameter:
        return unique(_any_resource(prefix, parameter, text, request) for text in request.arguments[parameter])
    meant = next((type_ for each in listed if (type_ := f"{prefix}:{each.lstrip('?')}") in rules().names), "")
    return _of_type(meant, action, request) if meant else (Found("", "*", because=NONE_NAMED),)


def _any_resource(prefix: str, parameter: str, text: Text, request: Request) -> Target:
    pattern = pattern_of(text, request.settings)
    is_arn = pattern.text.startswith("arn:") or (
        pattern.setting and (parameter.lower().endswith("arn") or request.settings.holds_arn(pattern.setting))
    )
    if is_arn:
        return Found(f"{prefix}:resource", pattern.text, pattern.needs)
    return Missing(f"{prefix}:resource", "resource", ASKED, False, source=source_of(text))
