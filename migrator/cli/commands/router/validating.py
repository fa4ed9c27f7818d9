"""`migrator router validate`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from migrator.cli.commands.router.files import File, RouterOption, counted, file_of
from migrator.cli.options import Json, Reported, ReportFormat, wants_json
from migrator.cli.terminal import note, print_json, say

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue


def validate(
    file: File = None, router: RouterOption = None, format: Reported = ReportFormat.TEXT, json: Json = False
) -> None:
    """Check a router configuration and print every mistake with its line and column; exits 3 when there is one."""
    from migrator.router import RouterError, load_router

    path = file_of(file, router)
    try:
        config = load_router(path)
    except RouterError as error:
        if wants_json(format, json):
            mistakes: list[JsonValue] = [
                {
                    "file": one.source or error.source,
                    "line": one.line,
                    "column": one.column,
                    "key": one.key,
                    "message": one.message,
                }
                for one in error.mistakes
            ]
            print_json({"file": error.source, "valid": False, "routes": None, "mistakes": mistakes})
        elif format is ReportFormat.GITHUB:
            from migrator.cli.formats.github_annotations import print_annotations
            from migrator.cli.formats.router_github import annotations_of

            print_annotations(annotations_of(error), rest=shlex.join(["migrator", "router", "validate", str(path)]))
        else:
            for line in error.lines:
                say(line)
            note(f"{counted(len(error.mistakes), 'mistake')} in {error.source}")
        raise typer.Exit(error.exit_code) from None
    if wants_json(format, json):
        print_json({"file": str(path), "valid": True, "routes": len(config.entries), "mistakes": []})
    elif format is ReportFormat.TEXT:
        files = f" in {counted(len(config.included) + 1, 'file')}" if config.included else ""
        say(f"{path}: ok, {counted(len(config.entries), 'route')}{files}")
