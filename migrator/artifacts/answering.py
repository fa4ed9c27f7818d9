"""Answers in place of services outside, for generated tests that run the function.

In: a `PlannedSlice` and what its trigger's plug-in says. Out: the plug-in's words with the stand-ins: files, lines of the
tests' requirements, and which clients they speak for. That nothing leaves the machine is the tests' `conftest`: it holds
for every client of Python's sockets, with an error; the clients of the table get an answer, so that the code goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from migrator.artifacts.handlers import HandlerArtifacts
from migrator.domain.effects import Effect
from migrator.plan import PlannedSlice

# What a module has in it that asks by a client.
_CLIENTS: Mapping[str, re.Pattern[str]] = {
    "httpx": re.compile(r"^[ \t]*(?:import|from)[ \t]+httpx\b", re.MULTILINE),
    "requests": re.compile(r"^[ \t]*(?:import|from)[ \t]+requests\b", re.MULTILINE),
    "urllib": re.compile(
        r"^[ \t]*(?:import[ \t]+urllib\.request|from[ \t]+urllib(?:\.request)?[ \t]+import)\b", re.MULTILINE
    ),
}
# 0.25 is the first that was tried with the template.
_NEEDS = {"requests": ("responses>=0.25,<1",)}


def with_answers(planned: PlannedSlice, described: HandlerArtifacts) -> HandlerArtifacts:
    """The same, with stand-ins where the tests run code that asks over HTTP."""
    asks = Effect.HTTP_OUT in planned.assessment.effect_names and bool(described.rules)
    clients = tuple(
        client
        for client, written in _CLIENTS.items()
        if asks and any(written.search(text) for text in planned.modules.values())
    )
    described = replace(described, context={**described.context, "answering": clients})
    if not clients:
        return described
    templates = {
        **described.templates,
        "tests/lambda_answers.py": "handler_test/lambda_answers.py.j2",
        "tests/answers.json": "handler_test/answers.json.j2",
    }
    needed = tuple(line for client in clients for line in _NEEDS.get(client, ()))
    return replace(described, templates=templates, dev_requirements=(*described.dev_requirements, *needed))
