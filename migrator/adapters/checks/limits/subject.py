"""What is held against the limits: the translated template, its values worked out, its places in the file.

In: a service folder with its template. Out: resources by type, what they refer to, where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from migrator.adapters.checks.template import Resolver, Template, Translated

FUNCTION = "AWS::Lambda::Function"
# What Lambda takes where a template says nothing.
_DEFAULT_TIMEOUT_S = 3.0


class Subject:
    """A service folder.

    Args:
        folder: of the service.
        template: as it is written.
        made: as it is translated.
    """

    def __init__(self, folder: Path, template: Template, made: Translated) -> None:
        self.folder = folder
        self.template = template
        self.made = made
        self.resources = made.resources
        self.resolver = Resolver(made.section("Parameters"), self.resources)

    def of_type(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Logical id and properties of each resource of a type."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource["Properties"]

    def place(self, logical: str, *properties: str) -> str:
        """Where a property stands, or the nearest that is written of it: the translator makes resources of events."""
        written = self.template.resources
        if logical in written:
            return self.template.place("Resources", logical, "Properties", *properties)
        sources = sorted((name for name in written if logical.startswith(str(name))), key=len)
        if not sources:
            return self.template.place()
        source = str(sources[-1])
        own = written[source].get("Properties") if isinstance(written[source], Mapping) else None
        events = own.get("Events") if isinstance(own, Mapping) else None
        events = events if isinstance(events, Mapping) else {}
        rest = logical[len(source) :]
        event = next((str(name) for name in events if rest.startswith(str(name))), None)
        if event is not None:
            return self.template.place("Resources", source, "Properties", "Events", event, "Properties", *properties)
        return self.template.place("Resources", source)

    def function_of(self, reference: Any) -> str | None:
        """Logical id of the function that a reference names, also by its alias."""
        for name in self.referred(reference):
            resource = self.resources.get(name)
            if resource is None:
                continue
            if resource.get("Type") == FUNCTION:
                return name
            if resource.get("Type") in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
                return self.function_of(resource["Properties"].get("FunctionName"))
        return None

    def referred(self, node: Any) -> Iterator[str]:
        """Logical ids of the resources that a value names, in the order of its text."""
        if isinstance(node, Mapping):
            for key, inner in node.items():
                if key == "Ref" and isinstance(inner, str):
                    yield inner
                elif key == "Fn::GetAtt":
                    parts = inner.split(".") if isinstance(inner, str) else inner
                    yield from (str(part) for part in (parts[:1] if isinstance(parts, list) else ()))
                elif key == "Fn::Sub":
                    text, *names = inner if isinstance(inner, list) and inner else [inner]
                    text = text if isinstance(text, str) else ""
                    yield from (part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
                    yield from self.referred(names)
                else:
                    yield from self.referred(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from self.referred(inner)

    @cached_property
    def invokers(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Who may invoke which function: its logical id, the service, and the types of what it comes from."""
        found = []
        for _, properties in self.of_type("AWS::Lambda::Permission"):
            function = self.function_of(properties.get("FunctionName"))
            if function is not None:
                sources = tuple(self.referred(properties.get("SourceArn")))
                kinds = tuple(str(self.resources[name].get("Type")) for name in sources if name in self.resources)
                found.append((function, self.resolver.text(properties.get("Principal", "")), kinds))
        return tuple(dict.fromkeys(found))

    def timeout_s(self, function: str) -> float:
        """Of a function."""
        found = self.resolver.number(self.resources[function]["Properties"].get("Timeout"))
        return _DEFAULT_TIMEOUT_S if found is None else found
