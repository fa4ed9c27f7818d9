"""Plain values -> the typed models, with every mistake of shape at its place.

In: a `YamlTree`. Out: a `RouterFile` where all is well, always a `Draft` of what has the right shape, and all mistakes
that pydantic and the limits of this version find. Rules
between values of different keys are left to `checks`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from migrator.domain.json import JsonValue
from migrator.router import models
from migrator.router.mistakes import KeyPath, Mistake, key_text
from migrator.router.yaml_tree import YamlTree

M = TypeVar("M", bound=BaseModel)

_GATE_MODELS: Mapping[str, type[BaseModel]] = {
    "error_rate": models.ErrorRateGate,
    "latency": models.LatencyGate,
    "parity": models.ParityGate,
}
_TAGS: Mapping[str, type[BaseModel]] = {
    **_GATE_MODELS,
    "http": models.HttpRoute,
    "seam": models.SeamRoute,
    models.TASK_MATCH: models.TaskMatch,
    models.CALL_MATCH: models.CallMatch,
}
_UNSUPPORTED_MATCHES = {"schedule": "schedules", "queue": "queues"}


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a file that have the right shape, so that the rules can be checked on them.

    Attributes:
        routes: of HTTP calls, by their index in the file.
        seam_routes: of tasks and calls, by their index in the file.
    """

    plane: models.Plane | None
    legacy: models.Legacy | None
    routes: Mapping[int, models.HttpRoute]
    seam_routes: Mapping[int, models.SeamRoute] = field(default_factory=dict)

    @property
    def every(self) -> Mapping[int, models.HttpRoute | models.SeamRoute]:
        """All routes, by their index in the file and in its order."""
        found: dict[int, models.HttpRoute | models.SeamRoute] = {**self.routes, **self.seam_routes}
        return dict(sorted(found.items()))


def read_shape(tree: YamlTree) -> tuple[models.RouterFile | None, Draft, list[Mistake]]:
    """The models that a tree says, or None; what of them has the right shape; the mistakes found."""
    if not isinstance(tree.value, Mapping):
        message = f"expected a mapping with the keys version, plane and routes, found {_kind(tree.value)}"
        return None, Draft(None, None, {}), [tree.mistake((), message)]
    mistakes = list(_unsupported(tree))
    refused = {mistake.key.partition(".")[0] for mistake in mistakes}
    try:
        file = models.RouterFile.model_validate(tree.value)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            path = _path(found["loc"], tree.value)
            # A refused route follows another shape: its other keys are not held against it.
            if key_text(path[:2]) not in refused:
                mistakes.append(_translate(found, path, tree))
        return None, _draft(tree.value), mistakes
    draft = Draft(file.plane, file.legacy, *_sorted(dict(enumerate(file.routes))))
    return (None if mistakes else file), draft, mistakes


def _draft(document: Mapping[str, JsonValue]) -> Draft:
    listed = document.get("routes")
    routes = {
        index: route
        for index, value in enumerate(listed if isinstance(listed, list) else [])
        if (route := _valid(models.HttpRoute, value) or _valid(models.SeamRoute, value)) is not None
    }
    plane, legacy = _valid(models.Plane, document.get("plane")), _valid(models.Legacy, document.get("legacy"))
    return Draft(plane, legacy, *_sorted(routes))


def _sorted(
    routes: Mapping[int, models.HttpRoute | models.SeamRoute],
) -> tuple[dict[int, models.HttpRoute], dict[int, models.SeamRoute]]:
    return (
        {index: route for index, route in routes.items() if isinstance(route, models.HttpRoute)},
        {index: route for index, route in routes.items() if isinstance(route, models.SeamRoute)},
    )


def _valid(model: type[M], value: JsonValue) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _unsupported(tree: YamlTree) -> Iterator[Mistake]:
    routes = tree.value.get("routes") if isinstance(tree.value, Mapping) else None
    for index, route in enumerate(routes if isinstance(routes, list) else []):
        match = route.get("match") if isinstance(route, Mapping) else None
        for kind, plural in _UNSUPPORTED_MATCHES.items():
            if isinstance(match, Mapping) and kind in match:
                yield tree.mistake(
                    ("routes", index, "match", kind),
                    f"routes of {plural} are not supported by this version, only those of http, task and call are",
                    of_key=True,
                )


def _path(loc: tuple[str | int, ...], value: Any) -> KeyPath:
    """The part of pydantic's location that stands in the file: tags of unions do not."""
    path: list[str | int] = []
    last = len(loc) - 1
    for position, part in enumerate(loc):
        if (isinstance(value, Mapping) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]  # type: ignore[index]
        elif position != last or not isinstance(value, Mapping) or part in models.GATES:
            continue
        path.append(part)
    return tuple(path)


def _translate(found: Any, path: KeyPath, tree: YamlTree) -> Mistake:
    match found["type"]:
        case "extra_forbidden":
            return tree.mistake(path, _unknown_key(found["loc"], path, tree), of_key=True)
        case "missing":
            return tree.mistake(path, "is missing")
        case "union_tag_invalid" | "union_tag_not_found":
            return tree.mistake(path, f"expected one of {', '.join(models.GATES)}")
        case "value_error":
            return tree.mistake(path, str(found["ctx"]["error"]))
        case "literal_error":
            return tree.mistake(path, f"expected {found['ctx']['expected']}, found {_shown(found['input'])}")
        case "string_pattern_mismatch":
            return tree.mistake(path, f"{_shown(found['input'])} does not have the form {found['ctx']['pattern']}")
        case "greater_than_equal" | "less_than_equal" if path and path[-1] == "weight":
            return tree.mistake(path, f"a weight lies between 0 and 100, found {_shown(found['input'])}")
        case "less_than_equal" if path and path[-1] == "mirror":
            return tree.mistake(path, "mirroring is not supported by this version, only 0 is")
        case _:
            message = str(found["msg"]).replace("Input should be", "expected").replace("input", "value")
            shown = f", found {_shown(found['input'])}" if not isinstance(found["input"], dict | list) else ""
            return tree.mistake(path, f"{message[0].lower()}{message[1:]}{shown}")


def _unknown_key(loc: tuple[str | int, ...], path: KeyPath, tree: YamlTree) -> str:
    known = [key for key in _known_keys(loc) if not tree.has((*path[:-1], key))]
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    if near:
        return f"no such key; did you mean {near[0]}?"
    return f"no such key; the keys here are {', '.join(_known_keys(loc))}"


def _known_keys(loc: tuple[str | int, ...]) -> list[str]:
    """The keys of the model that a location's last part would belong to."""
    kind: Any = models.RouterFile
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        kind = _field_model(kind, part)
    return [info.alias or name for name, info in kind.model_fields.items()]


def _field_model(kind: type[BaseModel], key: str) -> type[BaseModel]:
    for name, info in kind.model_fields.items():
        if (info.alias or name) == key:
            models_inside = list(_models_in(info.annotation))
            if key == "gates":
                return kind  # the tag that follows names the model
            return models_inside[0] if models_inside else kind
    return _TAGS.get(key, kind)  # a tag of a union


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inside in getattr(annotation, "__args__", ()):
        yield from _models_in(inside)


def _shown(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _kind(value: JsonValue) -> str:
    return {list: "a list", str: "a word", type(None): "nothing"}.get(type(value), "a value")
