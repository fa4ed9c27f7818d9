"""The seam in legacy code without the tool: the file of weights that each process reads.

In: a route, the seam's settings. Out: `PlaneText`. The file is replaced in one step, as the tool does it: a process that
reads it in between finds the one or the other.
"""

from __future__ import annotations

import posixpath
from typing import Final

from migrator.artifacts.runbook.parts import Block, Need, PlaneText, shell
from migrator.artifacts.runbook.planes.http import segment_text
from migrator.artifacts.runbook.words import spelled
from migrator.domain.routes import SeamRoute, Sticky
from migrator.markdown import code_span
from migrator.router.config import SeamConfig

_CALLS: Final = {
    "task": "each sending of the task {}",
    "call": "each call of {}",
    "schedule": "each time that a scheduler fires {}",
    "queue": "each message that legacy code sends to the queue {}",
}
_SET: Final = (
    "import json, pathlib, sys; file, name = pathlib.Path(sys.argv[1]), sys.argv[2]; said = json.loads(file.read_text()); "
    'said["routes"][name]["weight"] = 0; new = file.with_suffix(".new"); new.write_text(json.dumps(said, indent=2)); '
    "new.replace(file)"
)
_SHOW: Final = 'import json, sys; print(json.load(open(sys.argv[1]))["routes"][sys.argv[2]]["weight"])'
_APPCONFIG: Final = (
    "The file is filled from AppConfig: end `migrator router sync` on each host first (`pgrep -af 'migrator router sync'`), or "
    "it brings the old weight back."
)
_THROUGH: Final = (
    'import json, sys; said = json.load(sys.stdin); said["routes"][sys.argv[1]]["weight"] = 0; '
    "print(json.dumps(said, indent=2))"
)


def seam_text(route: SeamRoute, seam: SeamConfig | None, router_folder: str) -> PlaneText:
    """The seam that decides for a route."""
    weights = _beside(router_folder, seam.weights if seam is not None else "")
    source = seam.source if seam is not None else ""
    name = route.match.name
    shown = f"the seam in legacy code, which reads {code_span(weights)}"
    read, set_ = f"{shell(weights)} {shell(name)}", _set_command(weights, name)
    return PlaneText(
        title=f"{shown}, filled from {code_span(source)}" if source else shown,
        calls=f"{_CALLS[route.match.kind].format(name)}{segment_text(route.segment)}",
        acts="within a second, in each process" + (", once each host has fetched it" if source else ""),
        stays=_stays(route.sticky),
        saves=f"legacy does the call itself where the canary cannot be reached within {spelled(route.timeout_s)}",
        needs=(
            Need(
                "a shell on each machine of the legacy system"
                if source
                else "a shell on the machine of the legacy system",
                "the seam reads a file there",
                f"test -w {shell(posixpath.dirname(weights) or '.')} && echo writable",
            ),
        ),
        alive=Block(
            "The file of weights; a missing one means that legacy does everything:",
            (f"ls -l {shell(weights)} || echo 'not there yet'",),
        ),
        live=Block(
            "The live weight, in percent to the canary:",
            (f"python3 -c {shell(_SHOW)} {read}",),
            "`0` means that legacy does everything.",
        ),
        back=Block(
            "Legacy does every call again"
            + (
                ", on each host; first where the file is filled from, or the next fetch brings the old weight back:"
                if source
                else ":"
            ),
            (*_at_source(source, name), set_),
            "Each process acts on it within a second.",
        ),
        cautions=(
            (
                "What was handed over before stays with the Lambda side: it is not fetched back. See "
                "[After a rollback](#after-a-rollback)."
            ),
            *([_APPCONFIG] if source.startswith("appconfig:") else []),
        ),
        figures=f"ls -l {shell(_figures(weights, seam, router_folder))}",
    )


def _set_command(weights: str, name: str) -> str:
    return f"python3 -c {shell(_SET)} {shell(weights)} {shell(name)}"


def _at_source(source: str, name: str) -> tuple[str, ...]:
    """Commands that change the place that the file is filled from; AppConfig is only ever read."""
    if source.startswith("s3://"):
        place = shell(source)
        return (f"aws s3 cp {place} - | python3 -c {shell(_THROUGH)} {shell(name)} | aws s3 cp - {place}",)
    if source.startswith("ssm://"):
        parameter = shell(source.removeprefix("ssm://"))
        read = f"aws ssm get-parameter --name {parameter} --query Parameter.Value --output text"
        return (
            f"WEIGHTS=$({read} | python3 -c {shell(_THROUGH)} {shell(name)})",
            f'aws ssm put-parameter --name {parameter} --overwrite --value "$WEIGHTS"',
        )
    return ()


def _figures(weights: str, seam: SeamConfig | None, router_folder: str) -> str:
    """The file that each process of legacy adds its figures to."""
    if seam is not None and seam.figures:
        return _beside(router_folder, seam.figures)
    return f"{posixpath.splitext(weights)[0]}.figures"


def _beside(folder: str, name: str) -> str:
    """A file that the router configuration names, from the repository's top on."""
    return posixpath.normpath(posixpath.join(folder, name)) if name else name


def _stays(sticky: Sticky | None) -> str:
    if sticky is None:
        return "nothing, each call is decided by itself"
    return f"{sticky.kind} {sticky.name}: equal values stay on one side"
