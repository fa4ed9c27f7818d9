"""What the check of requirements and the question to an index say of a service folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.checks import packages, requirements
from migrator.domain.checks import CheckOutcome
from tests.support.memory_packages import MemoryPackages
from tests.support.wheels import Release

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13}}
Resources:
  Role: {Type: AWS::IAM::Role}
  Function: {Type: AWS::Serverless::Function, Properties: {Architectures: [arm64]}}
"""


def service(folder: Path, wanted: str, source: str = "", template: str = TEMPLATE) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "requirements.txt").write_text(wanted)
    (folder / "src" / "app.py").write_text(source)
    (folder / "template.yaml").write_text(template)
    return folder


@pytest.mark.parametrize(
    ("wanted", "source", "says"),
    [
        pytest.param("flask[async]>=2 \\\n  --hash=sha256:aa  # why\n", "import flask, werkzeug\n", [], id="pip's own format"),
        pytest.param("flask\n", "import click\nimport jinja2.ext\n", [], id="what a requirement needs"),
        pytest.param("--index-url https://u:p@h/\nflask\n", "", [], id="options are not requirements"),
        pytest.param("nobody==1 ; sys_platform == 'win32'\n", "", [], id="another machine's"),
        pytest.param("nobody @ git+https://h/nobody\n", "", ["src/requirements.txt:1: nobody is not installed here"], id="an address"),
        pytest.param("click\n", "import yaml\nimport yaml.nodes\n", ["src/app.py:1: yaml belongs to no requirement"], id="told once"),
        pytest.param("celery\n", "import redis\n", ["src/app.py:1: redis belongs to no requirement"], id="an extra that is not asked for"),
        pytest.param("celery[redis]\n", "import redis\n", [], id="an extra that is"),
    ],
)  # fmt: skip
def test_imports_and_requirements(wanted: str, source: str, says: list[str], tmp_path: Path) -> None:
    if "redis" in source:
        pytest.importorskip("redis")
    found = requirements.check(service(tmp_path, wanted, source))
    assert [f"{finding.location}: {finding.message}" for finding in found.findings] == says
    assert found.outcome is (CheckOutcome.FAILED if says else CheckOutcome.PASSED)


def test_parts_of_a_shared_package_belong_to_different_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        info = tmp_path / "site" / f"shared_{name}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: shared-{name}\nVersion: 1\n")
        (info / "RECORD").write_text(f"sharedspace/{name}/__init__.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    folder = tmp_path / "service"
    folder.mkdir()
    found = requirements.check(service(folder, "shared-one\n", "import sharedspace.one\nfrom sharedspace import two\n"))
    assert [(finding.location, finding.message) for finding in found.findings] == [
        ("src/app.py:2", "sharedspace.two belongs to no requirement")
    ]


INDEX = MemoryPackages(
    [
        Release("pure", "1.0", size=3 * 1024 * 1024),
        Release("intel", "1.0", ["cp313-cp313-manylinux2014_x86_64"]),
        Release("huge", "1.0", size=251 * 1024 * 1024),
    ]
)


@pytest.mark.parametrize(
    ("wanted", "outcome", "summary", "says"),
    [
        ("pure==1.0\n", CheckOutcome.PASSED, "1 wheels for arm64 and Python 3.13, 3 of 250 MB unzipped", []),
        ("pure\nintel\n", CheckOutcome.FAILED, "size unzipped unknown", ["src/requirements.txt:2: intel has no wheel"]),
        (
            "nobody\n",
            CheckOutcome.UNKNOWN,
            "size unzipped unknown",
            ["src/requirements.txt:1: the index has no nobody"],
        ),
        ("huge\n", CheckOutcome.FAILED, "251 of 250 MB unzipped", [": 251 MB unzipped are above the 250 MB of a zip"]),
        ("", CheckOutcome.PASSED, "0 wheels", []),
    ],
)
def test_the_answer_of_an_index(
    wanted: str, outcome: CheckOutcome, summary: str, says: list[str], tmp_path: Path
) -> None:
    found = packages.check(service(tmp_path, wanted), INDEX)
    assert (found.outcome, summary in found.summary) == (outcome, True)
    told = [f"{finding.location}: {finding.message}" for finding in found.findings]
    assert [text.startswith(start) for text, start in zip(told, says, strict=True)] == [True] * len(says)


@pytest.mark.parametrize("template", ["[", "Resources: {}", "a: 1"])
def test_a_folder_that_is_no_service(template: str, tmp_path: Path) -> None:
    found = packages.check(service(tmp_path, "pure\n", template=template), INDEX)
    assert found.outcome is CheckOutcome.FAILED
