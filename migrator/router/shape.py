"""Plain values -> the typed models, with every mistake of shape at its place.

In: the trees of all files. Out: one `RouterFile` with all routes where all is well, always a `Draft` of what has the
right shape, and all mistakes that pydantic and the limits of this version find. Rules between values of different keys
are left to `checks`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from migrator.domain.json import JsonValue
from migrator.router import models
from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models.calls import QUEUE_SPLIT
from migrator.router.models.http import MIRROR_DETAIL, Mirror
from migrator.router.router_tree import RouterTree
from migrator.router.yaml_tree import YamlTree

M = TypeVar("M", bound=BaseModel)

_TAGS: Mapping[str, type[BaseModel]] = {
    **models.GATE_MODELS,
    "http": models.HttpRoute,
    "seam": models.SeamRoute,
    "alias": models.AliasRoute,
    "envoy": models.EnvoyPlane,
    "alb": models.AlbPlane,
    MIRROR_DETAIL: Mirror,
}
# Keys that ask a queue's reader for a share.
_OF_A_MAPPING = ("mapping", "filter", "filter_criteria", "event_source_mapping", "maximum_concurrency")

ShapedRoute: TypeAlias = models.HttpRoute | models.SeamRoute | models.AliasRoute


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a file that have the right shape, so that the rules can be checked on them.

    Attributes:
        every: all routes, by their number in all files and in that order.
    """

    plane: models.AnyPlane | None
    legacy: models.Legacy | None
    every: Mapping[int, ShapedRoute]
    metrics: models.Metrics | None = None

    @property
    def routes(self) -> Mapping[int, models.HttpRoute]:
        """Those of HTTP calls."""
        return {index: route for index, route in self.every.items() if isinstance(route, models.HttpRoute)}

    @property
    def seam_routes(self) -> Mapping[int, models.SeamRoute]:
        """Those of calls of legacy code."""
        return {index: route for index, route in self.every.items() if isinstance(route, models.SeamRoute)}

    @property
    def alias_routes(self) -> Mapping[int, models.AliasRoute]:
        """Those of versions of a function."""
        return {index: route for index, route in self.every.items() if isinstance(route, models.AliasRoute)}


def read_shape(tree: RouterTree) -> tuple[models.RouterFile | None, Draft, list[Mistake]]:
    """The models that the files say, or None; what of them has the right shape; the mistakes found."""
    main, draft, mistakes = _main(tree.main)
    every = dict(draft.every)
    routes = [*main.routes] if main is not None else []
    for included, first in zip(tree.trees[1:], tree.firsts[1:], strict=True):
        fragment, found, more = _fragment(included)
        every.update((first + index, route) for index, route in found.items())
        routes += fragment.routes if fragment is not None else []
        mistakes += more
    file = main.model_copy(update={"routes": routes}) if main is not None and not mistakes else None
    return file, Draft(draft.plane, draft.legacy, every, draft.metrics), mistakes


def _main(tree: YamlTree) -> tuple[models.RouterFile | None, Draft, list[Mistake]]:
    document = tree.value
    if not isinstance(document, Mapping):
        message = f"expected a mapping with the keys version, plane and routes, found {_kind(document)}"
        return None, Draft(None, None, {}), [tree.mistake((), message)]
    file, mistakes = _read(models.RouterFile, document, tree)
    if not tree.has(("routes",)) and not tree.has(("include",)):
        mistakes.append(tree.mistake(("routes",), "is missing"))
    if file is None:
        plane = _valid(models.EnvoyPlane, document.get("plane")) or _valid(models.AlbPlane, document.get("plane"))
        metrics, legacy = _valid(models.Metrics, document.get("metrics")), _valid(models.Legacy, document.get("legacy"))
        return None, Draft(plane, legacy, _routes_of(document), metrics), mistakes
    return file, Draft(file.plane, file.legacy, dict(enumerate(file.routes)), file.metrics), mistakes


def _fragment(tree: YamlTree) -> tuple[models.RoutesFile | None, Mapping[int, ShapedRoute], list[Mistake]]:
    document = tree.value
    if not isinstance(document, Mapping):
        message = f"expected a mapping with the keys version and routes, found {_kind(document)}"
        return None, {}, [tree.mistake((), message)]
    file, mistakes = _read(models.RoutesFile, document, tree)
    return file, dict(enumerate(file.routes)) if file is not None else _routes_of(document), mistakes


def _read(model: type[M], document: JsonValue, tree: YamlTree) -> tuple[M | None, list[Mistake]]:
    try:
        return model.model_validate(document), []
    except ValidationError as error:
        return None, [
            _translate(found, _path(found["loc"], document), tree, model) for found in error.errors(include_url=False)
        ]


def _routes_of(document: Mapping[str, JsonValue]) -> Mapping[int, ShapedRoute]:
    listed = document.get("routes")
    return {
        index: route
        for index, value in enumerate(listed if isinstance(listed, list) else [])
        if (route := _valid_route(value)) is not None
    }


def _valid_route(value: JsonValue) -> ShapedRoute | None:
    return _valid(models.HttpRoute, value) or _valid(models.SeamRoute, value) or _valid(models.AliasRoute, value)


def _valid(model: type[M], value: JsonValue) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _path(loc: tuple[str | int, ...], value: Any) -> KeyPath:
    """The part of pydantic's location that stands in the file: tags of unions do not."""
    path: list[str | int] = []
    last = len(loc) - 1
    for position, part in enumerate(loc):
        if _is_gate_tag(loc, position):
            continue
        if (isinstance(value, Mapping) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]  # type: ignore[index]
        elif position != last or not isinstance(value, Mapping):
            continue
        path.append(part)
    return tuple(path)


def _is_gate_tag(loc: tuple[str | int, ...], position: int) -> bool:
    """A gate is named by a key of its own, which stands in the file once and in pydantic's location twice."""
    return position >= 2 and loc[position - 2] == "gates" and isinstance(loc[position - 1], int)


def _translate(found: Any, path: KeyPath, tree: YamlTree, model: type[BaseModel]) -> Mistake:
    match found["type"]:
        case "extra_forbidden" if model is models.RoutesFile and path[0] in models.RouterFile.model_fields:
            message = f"{path[0]} is said in the file that includes this one; here are routes only"
            return tree.mistake(path[:1], message, of_key=True)
        case "extra_forbidden" if path[-1] in models.GATES and isinstance(path[-2], int):
            return tree.mistake(path, "a gate is an entry of its own: begin it with a dash", of_key=True)
        case "extra_forbidden":
            return tree.mistake(path, _unknown_key(found["loc"], path, tree, model), of_key=True)
        case "missing":
            return tree.mistake(path, "is missing")
        case "union_tag_invalid" | "union_tag_not_found" if path[:1] == ("plane",):
            kind = found["input"].get("kind") if isinstance(found["input"], dict) else None
            shown = f", found {_shown(kind)}" if kind is not None else ""
            return tree.mistake((*path, "kind"), f"expected one of {', '.join(models.PLANES)}{shown}")
        case "union_tag_invalid" | "union_tag_not_found":
            return tree.mistake(path, _unknown_gate(found["input"]))
        case "value_error":
            return tree.mistake(path, str(found["ctx"]["error"]))
        case "literal_error":
            return tree.mistake(path, f"expected {found['ctx']['expected']}, found {_shown(found['input'])}")
        case "string_pattern_mismatch":
            return tree.mistake(path, f"{_shown(found['input'])} does not have the form {found['ctx']['pattern']}")
        case "greater_than_equal" | "less_than_equal" if path and path[-1] == "weight":
            return tree.mistake(path, f"a weight lies between 0 and 100, found {_shown(found['input'])}")
        case _:
            message = str(found["msg"]).replace("Input should be", "expected").replace("input", "value")
            shown = f", found {_shown(found['input'])}" if not isinstance(found["input"], dict | list) else ""
            return tree.mistake(path, f"{message[0].lower()}{message[1:]}{shown}")


def _unknown_gate(value: JsonValue) -> str:
    given = next(iter(value), "") if isinstance(value, dict) else ""
    near = difflib.get_close_matches(given, models.GATES, n=1, cutoff=0.5)
    return f"expected one of {', '.join(models.GATES)}" + (f"; did you mean {near[0]}?" if near else "")


def _unknown_key(loc: tuple[str | int, ...], path: KeyPath, tree: YamlTree, model: type[BaseModel]) -> str:
    if path[-1] in _OF_A_MAPPING and len(path) > 3 and path[2] in ("match", "canary"):
        return QUEUE_SPLIT
    keys = _known_keys(loc, model)
    known = [key for key in keys if not tree.has((*path[:-1], key))]
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    if near:
        return f"no such key; did you mean {near[0]}?"
    return f"no such key; the keys here are {', '.join(keys)}"


def _known_keys(loc: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """The keys of the model that a location's last part would belong to."""
    kind: Any = model
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
