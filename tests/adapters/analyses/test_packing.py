"""An analysis as bytes: the same again, and nothing but an analysis."""

from __future__ import annotations

import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.analyses.packing import Entry, Unpackable, packed, unpacked
from migrator.domain.assessments import Analysis
from migrator.domain.effects import Effect
from migrator.domain.locations import Location


@pytest.mark.parametrize("parts", [(), ("a1", "b2")])
def test_what_was_packed_is_the_same_again(analysis: Analysis, parts: tuple[str, ...]) -> None:
    assert unpacked(packed(Entry(analysis, parts))) == Entry(analysis, parts)


class Calls:
    """What a pickle of it calls when it is read."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.called = (function, arguments)

    def __reduce__(self) -> tuple[Any, tuple[object, ...]]:
        return self.called


def hostile(mark: Path) -> list[Calls]:
    """Pickles that leave a mark where they are believed."""
    return [
        Calls(os.system, f"touch {mark}"),
        Calls(eval, f"open({str(mark)!r}, 'w').close()"),
        Calls(exec, f"open({str(mark)!r}, 'w').close()"),
        Calls(Path.touch, mark),
    ]


@pytest.mark.parametrize("number", range(4))
def test_nothing_is_run(tmp_path: Path, number: int) -> None:
    mark = tmp_path / "mark"
    data = pickle.dumps(hostile(mark)[number])
    pickle.loads(data)
    assert mark.exists(), "it does what it says where pickle itself reads it"
    mark.unlink()
    with pytest.raises(Unpackable, match="it names"):
        unpacked(zlib.compress(data))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("migrator.errors", "MigratorError"),  # of the program, and no value of the domain
        ("migrator.replacing", "replace_file"),
        ("migrator.domain.assessments", "dataclass"),  # what a module of the domain has imported
        ("migrator.domain.assessments", "StrEnum"),
        ("migrator.domain.assessments", "Location"),  # by another name than its own
        ("migrator.domain.wording", "count"),  # a function of the domain
        ("migrator.domain.locations", "Location.__init__"),
        ("migrator.domainish", "Location"),
        ("copyreg", "_reconstructor"),
    ],
)
def test_only_classes_of_the_domain_are_made(module: str, name: str) -> None:
    with pytest.raises(Unpackable, match=f"it names {module}.{name}"):
        unpacked(zlib.compress(naming(module, name)))


@pytest.mark.parametrize(
    ("module", "name"), [("migrator.domain.locations", "nothing_of_it"), ("migrator.domain.nowhere", "Location")]
)
def test_what_is_not_there_is_refused(module: str, name: str) -> None:
    with pytest.raises(Unpackable):
        unpacked(zlib.compress(naming(module, name)))


def test_classes_of_the_domain_are() -> None:
    with pytest.raises(Unpackable, match="it is a type"):
        unpacked(zlib.compress(naming("migrator.domain.locations", "Location")))


def naming(module: str, name: str) -> bytes:
    """A pickle of whatever goes by a name, which need not be there."""
    texts = b"".join(pickle.SHORT_BINUNICODE + bytes((len(text),)) + text.encode() for text in (module, name))
    return pickle.PROTO + b"\x04" + texts + pickle.STACK_GLOBAL + pickle.STOP


@pytest.mark.parametrize("value", [Location("a.py", 1), Effect.SUBPROCESS, {}, None, (1, "text")])
def test_what_is_no_analysis_is_refused(value: object) -> None:
    with pytest.raises(Unpackable):
        unpacked(zlib.compress(pickle.dumps(value)))


@pytest.mark.parametrize("data", [b"", b"text", zlib.compress(b""), zlib.compress(b"\x80\x05."), zlib.compress(b"N")])
def test_what_is_no_pickle_is_refused(data: bytes) -> None:
    with pytest.raises(Unpackable):
        unpacked(data)
