"""The knowledge files themselves, and what is said of a wrong one."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from migrator.errors import InputError
from migrator.knowledge import Entry, load_knowledge
from migrator.knowledge.lookup import shipped_files
from migrator.knowledge.schema import validate

FILES = {file.name: file for file in shipped_files()}


def entries(name: str) -> list[Entry]:
    text = FILES[name].read_text(encoding="utf-8")
    return [entry for spec in validate(tomllib.loads(text), source=name).entry for entry in spec.entries()]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_is_valid_and_every_effect_has_its_reason(name: str) -> None:
    for entry in entries(name):
        counted = (*entry.effects, *entry.write_effects, *entry.decorated_effects)
        assert entry.reason or not counted, entry.name
        assert not (entry.pure and entry.effects), entry.name
        assert not entry.reason.endswith("."), entry.name


def test_no_name_is_said_in_two_files() -> None:
    said = Counter(entry.name for name in FILES for entry in entries(name))
    assert [name for name, times in said.items() if times > 1] == []


def test_no_name_is_both_an_entry_and_an_alias() -> None:
    for name, file in FILES.items():
        parsed = validate(tomllib.loads(file.read_text(encoding="utf-8")), source=name)
        names = {entry.name for entry in entries(name)}
        assert not names & set(parsed.alias), name


def test_no_module_belongs_to_two_files() -> None:
    owners = Counter(
        module
        for file in FILES.values()
        for module in validate(tomllib.loads(file.read_text(encoding="utf-8")), source=file.name).modules
    )
    assert [module for module, times in owners.items() if times > 1] == []


def test_types_that_are_returned_are_known_or_of_the_language() -> None:
    known = load_knowledge()
    unknown = set()
    for name in FILES:
        for entry in entries(name):
            if entry.returns.startswith("="):
                continue  # an expression over the receiver, checked when the file is read
            for part in re.split(r"[\[\],]+ ?", entry.returns):
                if part and not part.startswith(("@", "=")) and known.lookup(part) is None:
                    unknown.add(f"{entry.name} -> {part}")
    assert unknown == set()


def test_bases_are_known() -> None:
    known = load_knowledge()
    for name in FILES:
        for entry in entries(name):
            for base in entry.bases:
                assert known.lookup(base) is not None, f"{entry.name} -> {base}"


HEAD = 'modules = ["lab"]\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("modules = [", ("not TOML",)),
        ("entry = []\n", ("modules",)),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\n', ("entry[0] (lab.f)", "says nothing")),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nhands = {rest = 1}\n',
            ("hands is for entries that call arguments",),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\ncalls_arguments = [0]\nhands = {rest = -1}\n',
            ("hands.rest", "greater than or equal to 0"),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nasks = {txt = "@argument:0"}\n',
            ("entry[0] (lab.f).asks.txt", "'text'"),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nasks = {text = "@argumnt:0"}\n',
            ("@argumnt is none of the words", "@argument,"),
        ),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nreturns = "builtins.list[@itm]"\n', ("@itm is none",)),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nkeeps = {hooks = "@itm"}\n', ("@itm is none",)),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nasks = {text = "=lambda: 1"}\n',
            ("only names, attributes, items, calls, operators and `or`", "lambda: 1"),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nassigned = ["argument0("]\n',
            ("not an expression", "argument0("),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nholds = "dict"\n',
            ("relates, holds and holds_owner are for classes",),
        ),
        (
            HEAD + '[[entry]]\nnames = ["lab.A"]\nkind = "class"\npure = true\nholds = "tree"\n',
            ("holds", "'values'"),
        ),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\neffects = ["explode"]\n', ("entry[0] (lab.f).effects[0]",)),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\neffects = ["cache"]\n', ("needs a reason",)),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\neffects = ["cache"]\nreason = "x"\npure = true\n',
            ("pure contradicts",),
        ),
        (HEAD + '[[entry]]\nnames = ["other.f"]\npure = true\n', ("other.f lies in none",)),
        (HEAD + '[[entry]]\nnames = ["lab.f", "lab.f"]\npure = true\n', ("lab.f is said twice",)),
        (HEAD + '[[entry]]\nnames = ["lab.f()"]\npure = true\n', ("entry[0]", "names[0]")),
        (HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\npurest = true\n', ("purest",)),
        (
            HEAD + '[[entry]]\nnames = ["lab.f"]\npure = true\nmutates = ["me"]\n',
            ("entry[0] (lab.f).mutates[0]", "self"),
        ),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_knowledge([file])
    assert raised.value.location == str(file)
    for word in words:
        assert word in raised.value.message


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b'modules = ["\xff"]')
    with pytest.raises(InputError, match="not UTF-8"):
        load_knowledge([file])
