"""The flags that mean the same in every command, as annotations for parameters."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class OutputFormat(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """How a result is written that points at lines of files."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class AnalysisFormat(StrEnum):
    """How an analysis is written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    MARKDOWN = "markdown"


Root: TypeAlias = Annotated[Path, typer.Option("--root", metavar="DIR", help="The monolith.")]
Config: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration.  [default: migrator.toml in the monolith]",
        show_default=False,
    ),
]
Router: TypeAlias = Annotated[Path, typer.Option("--router", metavar="FILE", help="The router configuration.")]
State: TypeAlias = Annotated[
    str,
    typer.Option(
        "--state",
        metavar="URL",
        help="Where rollouts are recorded: sqlite:///PATH or dynamodb://TABLE.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]
Format: TypeAlias = Annotated[OutputFormat, typer.Option("--format", help="text for people, json for programs.")]
Reported: TypeAlias = Annotated[
    ReportFormat,
    typer.Option("--format", help="text for people, json for programs, github for annotations in GitHub Actions."),
]
Analyzed: TypeAlias = Annotated[
    AnalysisFormat,
    typer.Option(
        "--format",
        help="text for people, json for programs, github for annotations in GitHub Actions, sarif for code hosts, "
        "markdown for issues and wikis.",
    ),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Output: TypeAlias = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Show what would be done and stop.")]
Force: TypeAlias = Annotated[bool, typer.Option("--force", help="Overwrite hand edits.")]
NoColor: TypeAlias = Annotated[bool, typer.Option("--no-color", help="No color, also on a terminal.")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")]
Jobs: TypeAlias = Annotated[
    int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0 = one a core, 1 = in this process.")
]
AskIndex: TypeAlias = Annotated[
    bool, typer.Option("--ask-index", help="Ask pip's package index: wheels for the target, and their size.")
]


def wants_json(format: OutputFormat | ReportFormat, json: bool) -> bool:
    """Whether the result goes out as JSON."""
    return json or format.value == OutputFormat.JSON.value
