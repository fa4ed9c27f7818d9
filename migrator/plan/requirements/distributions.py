"""Which distribution an import belongs to.

In: the dotted name of an import, and the pins of the monolith. Out: a `Named` distribution and how it is known.
Asked in this order: the table `distributions.toml`, the names that the monolith pins, the metadata of the monolith's
own environment and of this program's, and at last the name of the import itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from migrator.plan.requirements.pins import Pin

_TABLE = Path(__file__).parents[1] / "distributions.toml"
# `google.cloud.vision_v1` is the first version of an interface, of the distribution that has them all.
_INTERFACE = re.compile(r"_v\d+\w*$")
_ENVIRONMENTS = (".venv", "venv", "env", ".env")


@dataclass(frozen=True, slots=True)
class Named:
    """A distribution and how it is known to provide an import.

    Attributes:
        how: a few words for the reason, or an empty string where the name says it all.
        guessed: whether nothing but the name of the import speaks for it.
    """

    distribution: str
    how: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Companions:
    """What a library loads by a name in settings or data, so that no import shows it.

    Attributes:
        of: distributions that do so.
        needs: what they may load; each that the monolith pins comes along.
        why: what decides which one is loaded.
    """

    of: frozenset[str]
    needs: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A module that left the standard library.

    Attributes:
        since: the first Python without it, such as `3.13`.
        distribution: what brings it back, or an empty string.
    """

    since: str
    distribution: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The table.

    Attributes:
        distributions: dotted import to the distributions that may provide it, the usual one first.
        namespaces: dotted package that many distributions share, to what each is called; `{}` is the next part.
        affixes: what distributions put around the name of their import; `{}` is the import.
    """

    distributions: Mapping[str, tuple[str, ...]]
    namespaces: Mapping[str, str]
    affixes: tuple[str, ...]
    companions: tuple[Companions, ...]
    removed: Mapping[str, Removed] = field(default_factory=dict)


@cache
def knowledge() -> Knowledge:
    """The table, read once."""
    document = tomllib.loads(_TABLE.read_text("utf-8"))
    return Knowledge(
        distributions={
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in document["distributions"].items()
        },
        namespaces=document["namespaces"],
        affixes=tuple(document["affixes"]["patterns"]),
        companions=tuple(
            Companions(frozenset(canonicalize_name(name) for name in each["of"]), tuple(each["needs"]), each["why"])
            for each in document["companions"]
        ),
        removed={
            name: Removed(value["since"], value.get("distribution", "")) for name, value in document["removed"].items()
        },
    )


def distribution_of(
    module: str, attribute: str, pins: Mapping[NormalizedName, Sequence[Pin]], environments: Iterable[Path] = ()
) -> Named:
    """The distribution that provides an import.

    Args:
        module: dotted name as imported.
        attribute: what is taken from the module; it is a module itself where the module is a namespace.
        pins: of the monolith, by normalized name.
        environments: folders of installed packages that belong to the monolith.
    """
    known = knowledge()
    parts = [*module.split("."), *([attribute] if attribute and attribute != "*" else [])]
    paths = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    for path in paths:
        if candidates := known.distributions.get(path) or known.distributions.get(_INTERFACE.sub("", path)):
            own = canonicalize_name(path)
            if own in pins and not any(canonicalize_name(name) in pins for name in candidates):
                return Named(pins[own][0].name)
            return _among(candidates, pins, f"provides {path}")
        if named := _in_namespace(path, known, pins):
            return named
    if (own := canonicalize_name(parts[0])) in pins:
        return Named(pins[own][0].name)
    for path in paths[
        :-1
    ]:  # `flask.views` is no Flask-Views: a longer name speaks only where the short one is nobody's
        if (key := canonicalize_name(path.replace(".", "-"))) in pins:
            return Named(pins[key][0].name)
    for pattern in known.affixes:
        if (key := canonicalize_name(pattern.format(parts[0]))) in pins:
            return Named(pins[key][0].name, f"by its name provides {parts[0]}")
    for where in (*environments, None):
        owners = _providers(where).get(parts[0], ())
        if owners:
            told = "as installed in the monolith's environment" if where is not None else "as installed here"
            return _among(owners, pins, f"provides {parts[0]} {told}")
    return Named(parts[0].replace("_", "-"), f"by the name of {parts[0]} alone", guessed=True)


def alternatives_of(distribution: str) -> tuple[str, ...]:
    """Other distributions that provide the same import, the usual one first; often that one has wheels."""
    key = canonicalize_name(distribution)
    return tuple(
        dict.fromkeys(
            name
            for names in knowledge().distributions.values()
            if key in (canonicalize_name(each) for each in names)
            for name in names
            if canonicalize_name(name) != key
        )
    )


def _among(candidates: Sequence[str], pins: Mapping[NormalizedName, Sequence[Pin]], how: str) -> Named:
    pinned = next((name for name in candidates if canonicalize_name(name) in pins), "")
    chosen = pinned or candidates[0]
    return Named(pins[canonicalize_name(chosen)][0].name if pinned else chosen, how)


def _in_namespace(path: str, known: Knowledge, pins: Mapping[NormalizedName, Sequence[Pin]]) -> Named | None:
    """`google.cloud.storage` in `google.cloud`, where each part below belongs to another distribution."""
    above, _, last = path.rpartition(".")
    pattern = known.namespaces.get(above)
    if pattern is None or path in known.namespaces:
        return None
    name = pattern.format(_INTERFACE.sub("", last).replace("_", "-"))
    return _among((name,), pins, f"provides {path}")


def environments_of(folders: Iterable[Path]) -> Iterator[Path]:
    """Folders of installed packages that stand in one of the folders of a project."""
    for folder in folders:
        for name in _ENVIRONMENTS:
            if (folder / name / "pyvenv.cfg").is_file():
                yield from sorted((folder / name).glob("lib/python*/site-packages"))


def _providers(where: Path | None) -> Mapping[str, tuple[str, ...]]:
    if where is None:
        return _read_providers(None, ())
    return _read_providers(where, tuple(sorted(path.name for path in where.glob("*.dist-info"))))


@lru_cache(maxsize=8)
def _read_providers(where: Path | None, _installed: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Top-level name to the distributions that hold it; read again when something is installed."""
    found: dict[str, list[str]] = {}
    for each in distributions() if where is None else distributions(path=[str(where)]):
        for name in _top_level(each):
            if each.name not in found.setdefault(name, []):
                found[name].append(each.name)
    return {name: tuple(owners) for name, owners in found.items()}


def _top_level(distribution: Distribution) -> set[str]:
    stated = (distribution.read_text("top_level.txt") or "").split()
    if stated:
        return set(stated)
    parts = [file.parts for file in distribution.files or ()]
    return {
        part[0].split(".", 1)[0]
        for part in parts
        if len(part) > 1 or part[0].endswith((".py", ".so", ".pyd"))
        if part[0] not in ("..", "__pycache__") and not part[0].endswith((".dist-info", ".data"))
    }
