"""What a service's template adds to an account, as a reviewer wants it counted.

In: the text of a `template.yaml`. Out: resources, parameters that have to be given. Permissions of the function's own
code are `artifacts.permissions`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import yaml

from migrator.artifacts.pull_request.move import NewResource


def resources_of(template: str) -> tuple[NewResource, ...]:
    """The resources, in the template's order."""
    return tuple(
        NewResource(name, _scalar(said, "Type"), _scalar(said, "Condition"))
        for name, said in _entries(_root(template), "Resources")
    )


def missing_of(template: str) -> Mapping[str, str]:
    """Parameters without a default to what they are, on one line."""
    return {
        name: " ".join(_scalar(said, "Description").split())
        for name, said in _entries(_root(template), "Parameters")
        if not any(key == "Default" for key, _ in _pairs(said))
    }


@lru_cache(maxsize=1)
def _root(template: str) -> yaml.Node | None:
    # Nodes, not values: what `!Sub` and the like would become is of no interest. libyaml would not take half a surrogate
    # pair, which a text of analyzed code may be.
    return yaml.compose(template, Loader=yaml.SafeLoader)


def _entries(root: yaml.Node | None, section: str) -> Iterator[tuple[str, yaml.Node]]:
    return (pair for key, node in _pairs(root) if key == section for pair in _pairs(node))


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _scalar(node: yaml.Node, key: str) -> str:
    return next((str(value.value) for name, value in _pairs(node) if name == key), "")
