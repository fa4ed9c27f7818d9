"""Imports to distributions, at the monolith's versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.slices import planned

FILES = {
    "requirements.txt": """
    # web
    Flask==3.1.3  # pinned
    -r requirements/extra.txt
    -e .
    --index-url https://example.invalid/simple
    requests[socks]>=2.30,<3 ; python_version >= "3.8"
    not a requirement at all
    """,
    "requirements/extra.txt": "PyYAML==6.0.1 --hash=sha256:aaaa\npillow ~= 10.1\nunused==1.0\n",
    "constraints.txt": "requests==2.32.3\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["attrs>=23", "python-dateutil==2.9.0"]\n',
}


@pytest.mark.parametrize(
    ("imported", "distribution", "version"),
    [
        ("import flask", "Flask", "3.1.3"),
        ("from flask.views import MethodView as thing", "Flask", "3.1.3"),
        ("import requests", "requests", "2.32.3"),
        ("import yaml", "PyYAML", "6.0.1"),
        ("from PIL import Image", "pillow", "~=10.1"),
        ("import attr", "attrs", ">=23"),
        ("import dateutil.parser", "python-dateutil", "2.9.0"),
        ("import jwt", "PyJWT", ""),
        ("import nobody_knows_it", "nobody-knows-it", ""),
    ],
)
def test_a_distribution_at_the_version_that_the_monolith_pins(
    imported: str, distribution: str, version: str, tmp_path: Path
) -> None:
    bound = imported.split(" as ")[-1].split("import ")[-1].split(".")[0]
    files = {**FILES, "shop.py": f"import os, json\n{imported}\n\ndef view():\n    return {bound}, os\n"}
    made = planned(tmp_path, files, "shop.view")
    assert [(each.distribution, each.version) for each in made.plan.requirements] == [(distribution, version)]
    assert made.plan.requirements[0].reason.startswith("shop.py:2:1: import of ")
