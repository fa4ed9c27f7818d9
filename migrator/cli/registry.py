"""The commands in life-cycle order: what `migrator --help` prints without loading any of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command: its name, the module below `migrator.cli.commands` that has it, and its line in the help."""

    name: str
    module: str
    summary: str


COMMANDS: tuple[CommandEntry, ...] = (
    CommandEntry("init", "init", "Write a migrator.toml from what the monolith's files show."),
    CommandEntry("analyze", "analyze", "Find the event-shaped functions of a monolith and say which may move."),
    CommandEntry(
        "report", "report", "Write what was found to a file: a page, Markdown, SARIF, JSON; many repositories too."
    ),
    CommandEntry("explain", "explain", "Show why a function got its verdict, line by line."),
    CommandEntry("callgraph", "callgraph", "Write who calls whom, for other programs: JSON, DOT, or as PyCG does."),
    CommandEntry("plan", "plan", "Show what would be cut out, why, and what it needs, before anything is written."),
    CommandEntry("mend", "mend", "Turn reads of request, session and login into parameters, shown as a diff."),
    CommandEntry("extract", "extract", "Cut a function out: handler, SAM template, tests, events, router entry."),
    CommandEntry("check", "check", "Check a service folder: template, roles, limits, tests; how to deploy it."),
    CommandEntry("seam", "seam", "Let legacy code ask the router call by call; take that out again."),
    CommandEntry(
        "invoke", "invoke", "Run a service folder on AWS's Lambda runtime emulator: one event, or behind a port."
    ),
    CommandEntry("compare", "compare", "Ask legacy and Lambda the same recorded requests and show what differs."),
    CommandEntry("pr", "pr", "Open a pull request that moves a function: service, seam, tests, runbook, at weight 0."),
    CommandEntry("router", "router", "Validate, render, show, apply and retire the router configuration."),
    CommandEntry("rollout", "rollout", "Shift traffic by steps, with gates that roll back by themselves."),
    CommandEntry("runbook", "runbook", "Write what a person does by night: every step, every way back, as commands."),
    CommandEntry("doctor", "doctor", "Say what this machine has, what is missing or old, and what to do about it."),
    CommandEntry("demo", "demo", "The whole path on the sample shop, with a live view."),
)
