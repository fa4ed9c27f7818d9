"""Small repositories for what looks at many of them: each is a folder with a few routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SHARED: Final = """\
import json

import acme_common
import yaml
from flask import Flask, g

app = Flask(__name__)


@app.get("/me")
def me():
    return g.user


@app.get("/pay")
def pay():
    return acme_common.pay(json.dumps(yaml.safe_load("1")))
"""
"""A route that the request's context blocks, and one that calls a library of which nothing is known."""

PLAIN: Final = """\
import yaml
from flask import Flask

app = Flask(__name__)


@app.get("/double")
def double():
    return str(yaml.safe_load("2"))
"""

LOOP: Final = """\
import requests
from flask import Flask, g

app = Flask(__name__)
seen = []


@app.get("/slow")
def slow():
    seen.append(requests.get("https://example.org").text)
    return {g.user: seen}
"""


def repositories(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """A folder each, with one module `web`, in the order given."""
    made = []
    for name, text in texts.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "web.py").write_text(text, encoding="utf-8")
        made.append(folder / name)
    return made
