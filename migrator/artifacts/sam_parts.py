"""The parts of a template that hang on the event source, put together by section.

In: names of folders below `templates/sam`, each with a file for the sections that it adds to, and what they are told.
Out: `Parts`: texts by section, in the order of the folders, which the one template of all services repeats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.artifacts.rendering import render
from migrator.resources import templates_root

# Sections whose texts have a blank line between them.
_SPACED = frozenset({"resources", "operations"})


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts by section of the template, each indented for its place.

    Attributes:
        metadata: below `Metadata`.
        parameters: below `Parameters`.
        rules: below `Rules`: what the values of parameters must not be.
        conditions: below `Conditions`.
        resources: below `Resources`, each with a blank line at its end.
        variables: environment variables of the function.
        properties: of the function.
        events: of the function.
        managed: policies of AWS's own that the function's role has.
        statements: of the function's role.
        operations: below `Resources` as well, behind the function: what watches it and deploys it.
        outputs: below `Outputs`.
    """

    metadata: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def sam_parts(folders: Sequence[str], context: Mapping[str, object]) -> Parts:
    """Render every section that the folders have."""
    root = templates_root() / "sam"
    found: dict[str, tuple[str, ...]] = {}
    for section in Parts.__dataclass_fields__:
        present = [folder for folder in folders if (root / folder / f"{section}.yaml.j2").is_file()]
        texts = (render(f"sam/{folder}/{section}.yaml.j2", context).strip("\n") for folder in present)
        found[section] = tuple(f"{text}\n" if section in _SPACED else text for text in texts if text)
    return Parts(**found)
