"""The rules of `make knowledge-check`: what proves a name, what is excused, and that no excuse outlives its need."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from migrator.knowledge.lookup import shipped_files
from migrator.knowledge.schema import validate
from tools import knowledge_check
from tools.knowledge_check import APART, Apart, Findings, check, names_of
from tools.knowledge_pins import described, normal, pinned
from tools.knowledge_source import Sources

ROOT = Path(__file__).resolve().parents[2]
Lab = Callable[..., Findings]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Checks names of modules that are written first: `lab({"lab.py": "x = 1"}, "lab.x")`."""
    wheels, apart_root = tmp_path / "wheels", tmp_path / "apart"
    wheels.mkdir()
    monkeypatch.syspath_prepend(wheels)
    before = set(sys.modules)
    _forget()

    def run(
        files: Mapping[str, str],
        *names: str,
        others: Mapping[str, str] | None = None,
        unchecked: tuple[str, ...] = (),
        **tables: Any,
    ) -> Findings:
        _write(wheels, files)
        _write(apart_root, others or {})
        entries = [{"names": list(names), "pure": True}] if names else []
        modules = sorted({name.partition(".")[0] for name in names})
        document = {"modules": modules, "unchecked": list(unchecked), "entry": entries}
        settings = {"without_wheel": {}, "apart": {}, **tables}
        return check({"lab.toml": validate(document, source="lab.toml")}, apart_root=apart_root, **settings)

    yield run
    for name in set(sys.modules) - before:
        del sys.modules[name]
    _forget()


def _forget() -> None:
    asked_before = ("sources", "load", "installed", "proof", "_sources_of")
    for asked in (getattr(knowledge_check, name) for name in asked_before):
        asked.cache_clear()
    knowledge_check.unimportable.clear()


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def test_a_name_is_proven_by_import(lab: Lab) -> None:
    found = lab({"lab_a.py": "class Thing:\n    def __init__(self):\n        self.size = 1\n"}, "lab_a.Thing.size")
    assert dict(found.proven) == {"by import": 2}
    assert not (found.missing or found.absent or found.needless)


def test_a_missing_name_is_said(lab: Lab) -> None:
    assert lab({"lab_b.py": "x = 1\n"}, "lab_b.y").missing == ["lab.toml: lab_b.y"]


def test_an_attribute_of_another_object_is_none_of_the_class(lab: Lab) -> None:
    code = "class Thing:\n    def fill(self, other):\n        other.size = 1\n"
    assert lab({"lab_c.py": code}, "lab_c.Thing.size").missing == ["lab.toml: lab_c.Thing.size"]


def test_what_cannot_be_imported_is_read(lab: Lab) -> None:
    found = lab({"lab_d.py": "import lab_needs_a_server\ndef send(): ...\n"}, "lab_d.send", "lab_d.fetch")
    assert dict(found.proven) == {"in the source": 2}
    assert found.missing == ["lab.toml: lab_d.fetch"]
    assert knowledge_check.unimportable == {"lab_d": "ModuleNotFoundError"}


def test_what_can_be_imported_is_not_believed_from_its_source(lab: Lab) -> None:
    assert lab({"lab_e.py": "def send(): ...\ndel send\n"}, "lab_e.send").missing == ["lab.toml: lab_e.send"]


def test_a_submodule_that_cannot_be_imported_is_read(lab: Lab) -> None:
    files = {"lab_f/__init__.py": "", "lab_f/deep.py": "raise RuntimeError\n\nclass Job: ...\n"}
    assert dict(lab(files, "lab_f.deep.Job").proven) == {"by import": 1, "in the source": 1}


def test_a_library_that_is_not_installed_needs_a_reason(lab: Lab) -> None:
    assert lab({}, "lab_g.send").absent == {"lab_g"}
    assert not lab({}, "lab_g.send", without_wheel={"lab_g": "is a fable"}).absent


def test_a_reason_that_nothing_needs_is_needless(lab: Lab) -> None:
    assert lab({"lab_h.py": ""}, "lab_h.*", without_wheel={"lab_h": "is a fable"}).needless == [
        "lab_h in WITHOUT_WHEEL"
    ]


def test_a_name_of_another_release_is_read_there(lab: Lab) -> None:
    tables: dict[str, Any] = {
        "others": {"lab==1/lab_i.py": "def older(): ...\n"},
        "apart": {"lab_i.older": Apart("lab==1", "gone from 2"), "lab_i.oldest": Apart("lab==1", "gone from 1")},
    }
    found = lab({"lab_i.py": ""}, "lab_i.older", "lab_i.oldest", **tables)
    assert found.proven["in the source of another release"] == 1
    assert found.missing == ["lab.toml: lab_i.oldest (in lab==1)"]


def test_a_name_of_another_release_may_be_spelled_otherwise_there(lab: Lab) -> None:
    tables: dict[str, Any] = {
        "others": {"lab==1/lab_j/engine.py": "class Engine:\n    def execute(self): ...\n"},
        "apart": {"lab_j.Engine.execute": Apart("lab==1", "gone from 2", "lab_j.engine.Engine.execute")},
    }
    assert not lab({"lab_j.py": "class Engine: ...\n"}, "lab_j.Engine.execute", **tables).missing


def test_another_release_is_needless_for_what_this_one_has(lab: Lab) -> None:
    tables: dict[str, Any] = {"apart": {"lab_k.x": Apart("lab==1", "gone from 2")}}
    assert lab({"lab_k.py": "x = 1\n"}, "lab_k.x", **tables).needless == ["lab_k.x in APART"]


def test_unchecked_excuses_what_is_made_at_run_time_and_only_that(lab: Lab) -> None:
    files = {"lab_l.py": "x = 1\n"}
    found = lab(files, "lab_l.x", "lab_l.made", unchecked=("lab_l.made",))
    assert (found.run_time, found.missing, found.needless) == (1, [], [])
    assert lab(files, "lab_l.x", unchecked=("lab_l.x",)).needless == ["unchecked lab_l.x in lab.toml"]


def test_unchecked_excuses_no_module(lab: Lab) -> None:
    found = lab({"lab_o/__init__.py": "", "lab_o/deep.py": ""}, "lab_o.deep.made", unchecked=("lab_o.deep",))
    assert found.broad == ["lab_o.deep in lab.toml"]


def test_a_whole_library_is_not_excused_by_unchecked(lab: Lab) -> None:
    assert lab({}, "lab_m.x", unchecked=("lab_m",)).absent == {"lab_m"}


def test_with_installed_the_rest_is_left_to_the_other_environment(lab: Lab) -> None:
    tables: dict[str, Any] = {"apart": {"lab_n.old": Apart("lab==1", "gone from 2")}, "only_installed": True}
    found = lab({"lab_n.py": ""}, "lab_n.old", "lab_n.wrong", **tables)
    assert (found.elsewhere, found.missing, found.needless) == (1, ["lab.toml: lab_n.wrong"], [])


def test_every_dotted_name_of_a_file_is_looked_up() -> None:
    document = {
        "modules": ["lab"],
        "alias": {"lab.other": "lab.one"},
        "entry": [
            {"names": ["lab.One"], "kind": "class", "pure": True, "bases": ["lab.Base"], "aliases": ["lab.Uno"]},
            {"names": ["lab.f"], "pure": True, "returns": "builtins.list[lab.Item]"},
            {"names": ["lab.g"], "pure": True, "returns": "=self.go() or instance(lab.Made).x"},
            {"names": ["lab.h"], "pure": True, "runs": ['each(item.x, "clean_")', "lab.run(argument0.y)"]},
            {
                "names": ["lab.k"],
                "pure": True,
                "by_argument": {"argument": 0, "returns": {"s3": "lab.S3"}, "otherwise": "lab.Any"},
            },
        ],
    }
    said = set(names_of(validate(document, source="lab.toml")))
    assert said == {
        "lab",
        "lab.other",
        "lab.one",
        "lab.One",
        "lab.Base",
        "lab.Uno",
        "lab.f",
        "builtins.list",
        "lab.Item",
    } | {"lab.g", "lab.Made", "lab.h", "lab.run", "lab.k", "lab.S3", "lab.Any"}


SOURCE = """
from __future__ import annotations
import os.path
from typing import TYPE_CHECKING, Generic
from .inner import Base, helper as renamed
from .starred import *
if TYPE_CHECKING:
    from .inner import OnlyTyped
try:
    import quick
except ImportError:
    quick = None
with open("x"):
    inside = 1

class Thing(Generic[int], Base):
    declared: str
    here = there = 1
    class Deep:
        x = 1
    def __init__(me, other):
        me.kept = 1
        other.lost = 1

class Mixed(with_metaclass(Meta, Thing)): ...
class Trouble(ValueError): ...
class Loop(Loop): ...

one = Thing()
Same = Thing
def outer():
    local = 1
first, (second, _) = 1, (2, 3)
"""


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("pack.Thing", True),
        ("pack.Thing.declared", True),
        ("pack.Thing.there", True),
        ("pack.Thing.Deep.x", True),
        ("pack.Thing.kept", True),
        ("pack.Thing.lost", False),
        ("pack.Thing.given", True),  # by the base, in another module
        ("pack.Thing.nothing", False),
        ("pack.Mixed.given", True),
        ("pack.Trouble.with_traceback", True),
        ("pack.Trouble.nothing", False),
        ("pack.Loop.x", False),
        ("pack.one.kept", True),
        ("pack.one.nothing", False),
        ("pack.Same.kept", True),
        ("pack.outer", True),
        ("pack.outer.local", False),
        ("pack.second", True),
        ("pack.inside", True),
        ("pack.quick", True),
        ("pack.renamed", True),
        ("pack.helper", False),
        ("pack.Star.shine", True),
        ("pack.Star.nothing", False),
        ("pack.OnlyTyped", False),
        ("pack.inner", True),
        ("pack.inner.OnlyTyped", True),
        ("pack.starred.Outside.given", True),
        ("pack.inner.round.trip", False),
        ("pack.nowhere", False),
        ("shared.part.x", True),
        ("shared.part.y", False),
        ("compiled", True),
        ("compiled.x", False),
        ("nowhere", False),
    ],
)
def test_what_the_source_says(tmp_path: Path, name: str, exists: bool) -> None:
    inner = (
        "from .starred import round\nclass Base:\n    def given(self): ...\ndef helper(): ...\nclass OnlyTyped: ...\n"
    )
    starred = "from .inner import round, Base as Outside\nclass Star:\n    async def shine(self): ...\n"
    _write(
        tmp_path,
        {
            "pack/__init__.py": SOURCE,
            "pack/inner.py": inner,
            "pack/starred.py": starred,
            "shared/part.py": "x = 1\n",
            "compiled.cpython-311-x86_64-linux-gnu.so": "",
        },
    )
    assert Sources([tmp_path]).has(name) is exists


def test_the_first_folder_wins(tmp_path: Path) -> None:
    _write(tmp_path, {"old/lab.py": "older = 1\n", "new/lab.py": "newer = 1\n"})
    sources = Sources([tmp_path / "old", tmp_path / "new"])
    assert sources.has("lab.older")
    assert not sources.has("lab.newer")


def test_pins_keep_their_groups() -> None:
    before = "# All.\n\n# Web.\nFlask==1\nruamel.yaml\n\n# What those need.\nclick==7\n"
    assert described(before) == ["Flask", "ruamel.yaml"]
    after = pinned(before, {"flask": "3", "ruamel-yaml": "0.19", "Zope.x": "1", "pip": "26", "blinker": "1.9"})
    assert after == "# All.\n\n# Web.\nFlask==3\nruamel.yaml==0.19\n\n# What those need.\nblinker==1.9\nZope.x==1\n"


def test_a_distribution_that_a_file_names_is_pinned() -> None:
    pins = {normal(name) for name in described((ROOT / "requirements-knowledge.txt").read_text(encoding="utf-8"))}
    heads = [path.read_text(encoding="utf-8").partition("\n[")[0] for path in shipped_files()]
    named = {normal(name) for head in heads if (name := tomllib.loads(head).get("distribution"))}
    assert named
    assert named <= pins


def test_the_files_of_pins_say_one_release_each() -> None:
    lines = (ROOT / "requirements-knowledge.txt").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if line and not line.startswith("#") and line.count("==") != 1]
    apart = (ROOT / "requirements-knowledge-apart.txt").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in apart if not line.startswith("#")} == {there.pin for there in APART.values()}
