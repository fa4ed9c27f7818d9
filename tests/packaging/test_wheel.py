"""What is installed from the wheel works from any folder, with the templates and the sample that it carries."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

from migrator import __version__
from tests.packaging.conftest import CHECKOUT


def test_an_installed_program_does_the_main_job(installed: Path, tmp_path: Path) -> None:
    def run(program: str, *arguments: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [installed / program, *arguments],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("migrator", "--version") == f"migrator {__version__}\n"
    package = Path(run("python", "-c", "import migrator; print(migrator.__file__)").strip()).parent
    assert not package.is_relative_to(CHECKOUT)
    sample = package / "_sample_monolith"
    assert run("python", "-c", "from migrator.resources import sample_root; print(sample_root())").strip() == str(
        sample
    )
    analysis = json.loads(run("python", "-m", "migrator", "analyze", str(sample), "--json", "--jobs", "1"))
    names = [candidate["name"] for candidate in analysis["candidates"]]
    assert "shop.api.tax.quote" in names
    assert "--bake" in run("migrator", "demo", "--help")
    run("migrator", "extract", "tax.quote", "--root", str(sample), "-o", "tax", "--yes", "--jobs", "1")
    assert {"template.yaml", "src", "router.yaml"} <= {path.name for path in (tmp_path / "tax").iterdir()}


def test_the_wheel_has_all_that_travels_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    templates = {f"migrator/_templates/{path.relative_to(CHECKOUT / 'templates').as_posix()}" for path in (CHECKOUT / "templates").rglob("*.j2")}  # fmt: skip
    assert templates <= names
    assert {"migrator/_sample_monolith/expected.json", "migrator/py.typed"} - names == set()
    assert {name.split("/")[0] for name in names} == {"migrator", f"migrator-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or "/var/" in name]
