"""What the tables of bad input are made of, and how a row is tried.

Each row is one small monolith, a name and arguments, and the answer: the exit code, where it points to, what it says,
what it tells to do. Where the two commands answer differently (`plan` shows a slice for which no service can be made),
the row says so.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from migrator.cli.app import main

VIEW = "from flask import Blueprint\nbp = Blueprint('b', __name__)\n"
ROUTE = "@bp.route('/x')\ndef view():\n"
READY = f"{VIEW}{ROUTE}    return '1'\n"
CALLS = f"{VIEW}from other import give\n{ROUTE}    return give()\n"
APPLICATION = "from flask import Blueprint, Flask, current_app\napp = Flask(__name__)\nbp = Blueprint('b', __name__)\n"
STATE = f"{VIEW}seen = []\n{ROUTE}    seen.append(1)\n    return str(seen)\n"
UNPROVEN = ("--accept", "unresolved=looked at")


@dataclass(frozen=True)
class Bad:
    """What cannot be done.

    Attributes:
        place: what the message begins with; the place that has to be looked at.
        says: texts of the message.
        hint: texts of the hint.
        shown: whether `plan` shows a slice all the same, with these texts, and ends with 0.
    """

    files: Mapping[str, str | bytes]
    name: str
    arguments: tuple[str, ...] = ()
    code: int = 1
    place: str = ""
    says: tuple[str, ...] = ()
    hint: tuple[str, ...] = ()
    shown: bool = False


@dataclass(frozen=True)
class Works:
    """What looks bad and is carried.

    Attributes:
        call: an expression that is true in the slice.
        told: texts of the plan.
        python: the least version that can run the slice.
    """

    files: Mapping[str, str | bytes]
    name: str
    call: str
    arguments: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    python: tuple[int, int] = field(default=(3, 11))


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write them, texts as UTF-8."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """One call of the command line, in this process."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--jobs", "1"])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def digest(folder: Path) -> str:
    """Of everything below a folder: names, contents, links, rights."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        link = path.readlink().as_posix() if path.is_symlink() else ""
        seen.update(repr((path.relative_to(folder).as_posix(), path.lstat().st_mode, link, content)).encode())
    return seen.hexdigest()


def assert_answer(case: Bad, code: int, out: str, err: str) -> None:
    """The answer has a message with its place, and a hint; nothing else is printed."""
    assert (code, out) == (case.code, ""), err
    message, _, hint = err.partition("\n  hint: ")
    assert message.startswith(f"error: {case.place}"), err
    assert [text for text in case.says if text not in message] == [], err
    assert hint and [text for text in case.hint if text not in hint] == [], err


def assert_not_imported(files: Mapping[str, str | bytes]) -> None:
    """None of the monolith's modules is in this process."""
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    assert not names & set(sys.modules)
