"""A small monolith in git, and `migrator pr` as it is called in its clone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from migrator.cli.app import main
from tests.support.git_world import ALONE, IDENTITY, GitWorld

MONOLITH = {
    "shop/__init__.py": "",
    "shop/web.py": (
        "from flask import Flask, jsonify, request\n\nweb = Flask(__name__)\n_seen = {}\n\n\n"
        '@web.get("/double/<int:number>")\ndef double(number):\n    return jsonify({"doubled": number * 2})\n\n\n'
        '@web.post("/seen")\ndef seen():\n    _seen[request.form["key"]] = True\n    return {}\n'
    ),
    "shop/jobs.py": (
        "import smtplib\n\nfrom celery import Celery\n\napp = Celery('shop')\n\n\n"
        '@app.task\ndef tell(to):\n    with smtplib.SMTP("mail.example") as server:\n'
        '        server.sendmail("a@example.org", to, "Hello")\n'
    ),
    "shop/calls.py": "from shop.jobs import tell\n\n\ndef order(to):\n    tell.delay(to)\n",
    "requirements.txt": "flask==3.1.3\ncelery==5.6.2\n",
}
TELL, DOUBLE, SEEN = "shop.jobs.tell", "shop.web.double", "shop.web.seen"


@dataclass(frozen=True)
class Said:
    """What a call has said."""

    code: int
    out: str
    err: str


def pr(world: GitWorld, *arguments: str, folder: Path | None = None) -> Said:
    """One call of `migrator pr`, with nobody to ask and one process."""
    return called("pr", *arguments, "--root", str(folder or world.clone), "--jobs", "1")


def called(*arguments: str) -> Said:
    """One call of the command line, in this process."""
    out, err, code = StringIO(), StringIO(), 0
    before = sys.stdin
    with _as_ada(), redirect_stdout(out), redirect_stderr(err), Path(os.devnull).open() as nobody:
        sys.stdin = nobody
        try:
            main(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdin = before
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def _as_ada() -> Iterator[None]:
    """Git's settings and identity of nobody on this machine."""
    given = {**ALONE, **IDENTITY}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
