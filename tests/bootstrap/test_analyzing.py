"""When the analysis of last time is the one of now: what its key says, and what it need not say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator import bootstrap
from migrator.adapters.analyses import AnalysisCache
from migrator.bootstrap import kept
from migrator.domain.assessments import Analysis
from tests.support.fleet_world import PLAIN

KEPT = Analysis("", 12_345, 0, 0.0, (), ())
KNOWLEDGE = 'modules = ["acme"]\n'
SETTINGS = """\
[source]
roots = ["app"]
exclude = ["legacy*"]
settings_module = "app.settings"

[[effects.override]]
function = "web.double"
effect = ["email"]
reason = "it does"

[[effects.library]]
modules = ["other"]
alias = {"other.a" = "other.b", "other.c" = "other.d"}
"""


class Keys(AnalysisCache):
    """Notes the keys that it is asked for; whatever they are, there is an analysis, so that none is made."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), "1", pytest.fail)
        self.asked: list[str] = []

    def load(self, root: Path, key: str) -> Analysis | None:
        self.asked.append(key)
        return KEPT


def key_of(root: Path, **options: Any) -> str:
    keys = Keys()
    assert bootstrap.analyze(root, cache=keys, **options).files == KEPT.files
    (key,) = keys.asked
    return key


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package `app` in a folder, with settings, knowledge and a seam."""
    base = tmp_path / "base"
    (base / "app" / "sub").mkdir(parents=True)
    (base / ".migrator" / "seam").mkdir(parents=True)
    for path, text in {
        "app/web.py": PLAIN,
        "app/sub/more.py": "x = 1\n",
        "legacy.py": "x = 1\n",
        "own.toml": KNOWLEDGE,
        "migrator.toml": SETTINGS,
        ".migrator/seam.json": "{}",
        ".migrator/seam/shop.json": "{}",
    }.items():
        (base / path).write_text(text)
    return base


def _settings(old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        assert old in SETTINGS
        (root / "migrator.toml").write_text(SETTINGS.replace(old, new))

    return change


def _bare(root: Path) -> None:
    (root / "migrator.toml").unlink()


def _unread(root: Path) -> None:
    (root / "app/sub/more.py").unlink()
    (root / "app/sub/more.py").symlink_to("nowhere")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte": lambda root: (root / "app/web.py").write_text(PLAIN.replace('"2"', '"3"')),
    "an empty line": lambda root: (root / "app/web.py").write_text("\n" + PLAIN),
    "a file's name": lambda root: (root / "app/web.py").rename(root / "app/net.py"),
    "its folder": lambda root: (root / "app/sub").rename(root / "app/sup"),
    "two files in each other's place": lambda root: (
        (root / "app/web.py").write_text("x = 1\n"),
        (root / "app/sub/more.py").write_text(PLAIN),
    ),
    "a new file": lambda root: (root / "app/new.py").write_text("x = 1\n"),
    "a new file without text": lambda root: (root / "app/sub/__init__.py").touch(),
    "a file less": lambda root: (root / "app/sub/more.py").unlink(),
    "a file that cannot be read": _unread,
    "no settings": _bare,
    "an override's effect": _settings('"email"', '"cache"'),
    "an override's reason": _settings("it does", "it did"),
    "an override's place": _settings("[[effects.override]]", "# why\n[[effects.override]]"),
    "an override less": _settings('effect = ["email"]', 'allow = ["email"]'),
    "roots": _settings('["app"]', '["app", "."]'),
    "what is left out": _settings('"legacy*"', '"legacy*", "sub"'),
    "the settings' module": _settings("app.settings", "app.production"),
    "a library in the settings": _settings('"other.b"', '"other.e"'),
    "the seam's record": lambda root: (root / ".migrator/seam.json").write_text('{"more": 1}'),
    "the seam's record of a candidate": lambda root: (root / ".migrator/seam/shop.json").write_text('{"more": 1}'),
    "a new record of the seam": lambda root: (root / ".migrator/seam/post.json").write_text("{}"),
    "knowledge": lambda root: (root / "own.toml").write_text(KNOWLEDGE + 'distribution = "acme"\n'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_key_is_another_one_after(root: Path, change: Callable[[Path], object]) -> None:
    own = [root / "own.toml"]
    before = key_of(root, knowledge=own)
    change(root)
    assert key_of(root, knowledge=own) != before


def test_it_is_another_one_for_other_options(root: Path) -> None:
    shutil.copy(root / "own.toml", root / "same.toml")
    (root / "others.toml").write_text(SETTINGS.replace('"email"', '"cache"'))
    own = root / "own.toml"
    keys = [
        key_of(root),
        key_of(root, places_on_disk=False),
        key_of(root, knowledge=[own]),
        key_of(root, knowledge=[own, own]),
        key_of(root, config=root / "others.toml"),
        key_of(root / "app"),
        key_of(root / "app" / "web.py"),
    ]
    assert len(set(keys)) == len(keys)


def test_it_is_another_one_for_a_package_in_another_one(root: Path) -> None:
    (root / "app" / "__init__.py").touch()
    before = key_of(root / "app")
    (root / "__init__.py").touch()
    assert key_of(root / "app") != before, "its modules have other names"


def test_it_is_another_one_for_the_text_of_the_program(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(root)
    monkeypatch.setattr(kept, "_STAGES", ("domain",))
    assert key_of(root) != before


def _touched(root: Path) -> None:
    for path in root.rglob("*"):
        os.utime(path, (1, 1))


UNCHANGED: dict[str, Callable[[Path], object]] = {
    "times": _touched,
    "rights": lambda root: (root / "app/web.py").chmod(0o600),
    "a file of another kind": lambda root: (root / "app/notes.txt").write_text("text"),
    "a test": lambda root: (root / "app/test_web.py").write_text("x = 1\n"),
    "what is left out": lambda root: (root / "legacy.py").write_text("x = 2\n"),
    "choices about services": lambda root: (root / "migrator.toml").write_text(
        SETTINGS + "[generate]\nhoist_clients = false\n"
    ),
    "the same again": lambda root: (root / "app/web.py").write_text(PLAIN),
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_the_key_is_the_same_after(root: Path, change: Callable[[Path], object]) -> None:
    before = key_of(root)
    change(root)
    assert key_of(root) == before


def test_it_is_the_same_wherever_the_tree_is_and_whoever_reads_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(root)
    shutil.copytree(root, tmp_path / "copy")
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root)
    others = [key_of(path) for path in (tmp_path / "copy", tmp_path / "link", Path(), Path("app/.."))]
    assert {*others, key_of(root, jobs=1), key_of(root, jobs=2, progress=lambda *_: None)} == {before}


def test_it_is_the_same_in_each_process(root: Path) -> None:
    program = "import sys; from pathlib import Path; from tests.bootstrap.test_analyzing import key_of; "
    program += "print(key_of(Path(sys.argv[1])))"
    told = {
        subprocess.run(
            [sys.executable, "-c", program, str(root)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {key_of(root)}


def test_the_second_run_takes_what_the_first_has_made(root: Path, tmp_path: Path) -> None:
    for path in (root / ".migrator").rglob("*.json"):
        path.unlink()
    cache = AnalysisCache(tmp_path / "kept", "1", pytest.fail)
    made = bootstrap.analyze(root, jobs=1, cache=cache)
    assert [item.name for item in made.candidates] == ["web.double"]
    (entry,) = (tmp_path / "kept").glob("*[!s]/*.analysis")  # not of the parts
    again = bootstrap.analyze(root / "app" / "..", jobs=1, cache=cache)
    assert replace(again, seconds=made.seconds, root=made.root) == made
    assert again.root == str(root / "app" / "..")
    cache.keep(root, entry.stem, KEPT)
    assert bootstrap.analyze(root, jobs=1, cache=cache).files == KEPT.files, "it is what is kept that is taken"
    assert bootstrap.analyze(root, jobs=1).files == made.files


NOT_OF_THE_ANSWER = {
    "migrator": "holds nothing but the version, which the entry has in its head",
    "migrator.adapters": "keeps analyses",
    "migrator.artifacts": "holds only the stage that takes the seam out",
    "migrator.bootstrap": "hands on what was asked for",
    "migrator.cloud_facts": "what the SDK is asked for, and limits beside traffic: neither is kept",
    "migrator.collector": "when memory is freed",
    "migrator.config": "what is said by the settings is in the key as it is",
    "migrator.errors": "an error is not kept",
    "migrator.replacing": "how files are written",
    "migrator.resources": "where the sample lies",
    "migrator.workers": "who does the work",
}
"""Parts of the program that an analysis loads and that are not in its key, and why."""


def test_all_that_an_analysis_loads_of_the_program_is_in_its_key() -> None:
    program = (
        "import sys; from pathlib import Path; from migrator import bootstrap; from migrator.resources import sample_root; "
        "bootstrap.analyze(sample_root(), jobs=1); "
        "print(*(name for name in sys.modules if name.partition('.')[0] == 'migrator'))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    stages = ["migrator." + stage.removesuffix(".py").replace("/", ".") for stage in kept._STAGES]
    left = {
        name
        for name in done.stdout.split()
        if not any(name == stage or name.startswith(f"{stage}.") for stage in stages)
    }
    assert {name for name in left if ".".join(name.split(".")[:2]) not in NOT_OF_THE_ANSWER} == set()
    assert {name for name in left if name.startswith(("migrator.bootstrap.", "migrator.artifacts."))} <= {
        "migrator.bootstrap.asked",
        "migrator.bootstrap.graphs",
        "migrator.bootstrap.sources",
    }
