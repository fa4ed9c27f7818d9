"""`migrator init`: what it finds, what it writes, and what it never overwrites."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from migrator.cli.app import main
from migrator.config import configuration


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


FILES = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings.production")\n',
    "src/desk/__init__.py": "",
    "src/desk/settings/__init__.py": "",
    "src/desk/settings/production.py": "import os\nDEBUG = False\n",
    "src/desk/views.py": "from django.http import HttpResponse\nimport celery.app\nfrom .vendor import six\n",
    "src/desk/other.py": 'import django\nos.environ["DJANGO_SETTINGS_MODULE"] = "desk.elsewhere"\n',
    "src/desk/vendor/__init__.py": "",
    "src/desk/vendor/six.py": "",
    "src/desk/migrations/__init__.py": "",
    "src/desk/migrations/m1.py": "from desk import views\n",
    "lib/tools/__init__.py": "",
    "lib/tools/api_tests/check.py": "",
    "pyproject.toml": '[project]\nrequires-python = ">=3.12,<4"\n',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_what_is_found(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    code, out, _ = run(capsys, "init", "--root", root, "--dry-run", "--json")
    assert code == 0
    document = json.loads(out)
    assert not (root / "migrator.toml").exists()
    assert (document["state"], document["written"]) == ("created", False)
    assert document["roots"] == [".", "lib", "src"]
    assert document["settings_module"] == "desk.settings.production"
    assert document["python"] == "3.12"
    assert document["frameworks"] == [{"name": "Django", "files": 2}, {"name": "Celery", "files": 1}]
    assert {item["pattern"]: item["importers"] for item in document["exclude"]} == {
        "api_tests": 0,
        "migrations": 0,
        "vendor": 1,
    }
    said = tomllib.loads(document["text"])
    assert said["source"] == {
        "roots": [".", "lib", "src"],
        "exclude": ["api_tests", "migrations"],
        "settings_module": "desk.settings.production",
    }


def test_what_is_written_is_read_again(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    before = {path for path in root.rglob("*") if path.is_file()}
    code, out, err = run(capsys, "init", "--root", root, "--yes")
    assert (code, out) == (0, f"{root}/migrator.toml: created\n")
    assert "settings_module" in err, "the file is shown"
    assert {path for path in root.rglob("*") if path.is_file()} == before | {root / "migrator.toml"}
    found = configuration(root, environment={})
    assert (found.roots, found.settings_module) == ((".", "lib", "src"), "desk.settings.production")
    assert run(capsys, "analyze", root)[0] == 0
    assert run(capsys, "init", "--root", root, "--yes")[1].endswith(": unchanged\n")


def test_a_file_of_its_own_is_renewed_and_a_hand_edit_is_not(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    path = root / "migrator.toml"
    run(capsys, "init", "--root", root, "--yes")
    (root / "src" / "desk" / "more.py").write_text("import flask\n", encoding="utf-8")
    assert run(capsys, "init", "--root", root, "--yes", "-q")[1].endswith(": changed\n")
    mine = path.read_text(encoding="utf-8").replace('"lib", ', "")
    path.write_text(mine, encoding="utf-8")
    code, out, err = run(capsys, "init", "--root", root, "--yes")
    assert (code, out, path.read_text(encoding="utf-8")) == (1, "", mine)
    assert "edited by hand" in err and "--force" in err
    assert run(capsys, "init", "--root", root, "--yes", "--force")[0] == 0
    assert '"lib"' in path.read_text(encoding="utf-8")


def test_nothing_is_written_without_being_asked_for(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    code, _, err = run(capsys, "init", "--root", root)
    assert (code, "add --yes" in err) == (2, True)
    assert not (root / "migrator.toml").exists()
    assert run(capsys, "init", "--root", root / "manage.py")[0] == 3


def test_hostile_names_stay_comments_and_strings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / 'a"]\nroots = 1' / "vendor"
    folder.mkdir(parents=True)
    (folder / "x.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "b\x1b[31m_tests\n").mkdir()
    (tmp_path / "b\x1b[31m_tests\n" / "y.py").write_text("", encoding="utf-8")
    assert run(capsys, "init", "--root", tmp_path, "--yes")[0] == 0
    said = tomllib.loads((tmp_path / "migrator.toml").read_text(encoding="utf-8"))["source"]
    assert said["exclude"] == ["b\x1b[31m_tests\n", "vendor"]
    assert configuration(tmp_path, environment={}).exclude == ("b\x1b[31m_tests\n", "vendor")
