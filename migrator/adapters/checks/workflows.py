"""Whether the folder's pipelines are such as GitHub and GitLab take, by their own JSON Schemas.

In: a service folder. Out: a `Check`. check-jsonschema, run as a program, carries both schemas; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from migrator.adapters.checks.tools import Runner, Tool, json_of, not_understood
from migrator.adapters.checks.yaml_lines import line_of
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, judged

_NAME = "workflows"
# From 0.38 on it needs a click that the SAM CLI does not take, and says so nowhere.
TOOL = Tool("check-jsonschema", "check-jsonschema")
_ALONE = Runner()


@dataclass(frozen=True, slots=True)
class _Forge:
    """Whose pipelines they are.

    Attributes:
        globs: of its files, in a service folder.
        arguments: that name its schema.
    """

    globs: tuple[str, ...]
    arguments: tuple[str, ...]


_FORGES: Final = (
    _Forge((".github/workflows/*.yml", ".github/workflows/*.yaml"), ("--builtin-schema", "vendor.github-workflows")),
    _Forge(
        (".gitlab-ci.yml", "*.gitlab-ci.yml", ".gitlab/ci/*.yml"),
        ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    ),
)


def check(folder: Path, runner: Runner = _ALONE) -> Check:
    """Hold each pipeline against its schema."""
    service = folder.resolve()
    count = 0
    findings: list[CheckFinding] = []
    for forge in _FORGES:
        files = sorted({path for glob in forge.globs for path in service.glob(glob) if path.is_file()})
        if not files:
            continue
        count += len(files)
        arguments = [*forge.arguments, "--output-format", "json", *map(str, files)]
        ran = runner.run(_NAME, TOOL, arguments, cwd=service.parent)
        if isinstance(ran, Check):
            return ran
        said = json_of(ran.output)
        if not isinstance(said, Mapping) or said.get("status") not in ("ok", "fail"):
            return not_understood(_NAME, TOOL, ran)
        findings += _findings(said, service)
    if not count:
        return Check(_NAME, CheckOutcome.PASSED, "there are none")
    return judged(_NAME, f"{count} pipelines, by {runner.title(TOOL)}", findings, otherwise=CheckOutcome.PASSED)


def _findings(said: Mapping[str, Any], service: Path) -> Iterator[CheckFinding]:
    for entry in said.get("parse_errors") or ():
        path = Path(entry["filename"])
        line = line_of(_text(path), "$")
        yield CheckFinding("is not YAML", _place(path, service, line), rule="parse")
    for entry in said.get("errors") or ():
        path = Path(entry["filename"])
        # Of the many ways to be valid, the nearest one tells most.
        nearest = entry.get("best_deep_match") or entry
        where = str(nearest.get("path", "$"))
        line = line_of(_text(path), where)
        yield CheckFinding(f"{where}: {nearest.get('message')}", _place(path, service, line), rule="schema")


def _place(path: Path, service: Path, line: int) -> str:
    shown = path.relative_to(service).as_posix() if path.is_relative_to(service) else path.name
    return f"{shown}:{line}" if line else shown


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
