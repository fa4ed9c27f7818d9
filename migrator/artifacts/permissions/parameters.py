"""The parameters of a request that name a variable of an ARN.

In: the resource type, the variable, the request's parameters. Out: candidates, best first. The table of `cloud_facts`
has the last word; where it has none, a parameter is taken that is called like the variable or the type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from migrator.cloud_facts.iam import rules

_ENDS = ("", "name", "id", "identifier", "arn")


def parameters_of(
    type_: str, variable: str, operation: str, given: Iterable[str], by: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Parameters that may name a variable, best first.

    Args:
        given: parameters of the request.
        by: what the request says for itself; it is all there is then.
    """
    if by is not None:
        return (by[variable],) if variable in by else ()
    named = rules().names.get(type_)
    if named is not None and variable in named:
        return named[variable]
    plain = {_plain(parameter): parameter for parameter in given if "." not in parameter}
    return tuple(plain[each] for each in _candidates(type_, variable, operation) if each in plain)


@lru_cache(maxsize=4096)
def _candidates(type_: str, variable: str, operation: str) -> tuple[str, ...]:
    kind = _plain(type_.partition(":")[2].partition("/")[0])
    own = _plain(variable)
    stem = re.sub(r"(name|id|identifier)$", "", own) or own
    found = [own, f"{stem}arn", *(f"{stem}{end}" for end in _ENDS), *(f"{kind}{end}" for end in _ENDS)]
    if _plain(operation).endswith((kind, f"{kind}s")):
        found += ["name", "id", "arn"]
    found += ["resourcearn", "resource", "resourceid"]
    # A list names several: `InstanceIds`.
    return tuple(dict.fromkeys(form for each in found for form in (each, f"{each}s")))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
