"""Which files a service's pipeline consists of, and what their templates are told.

In: a `PlannedSlice`, what its trigger's plug-in says, the rendered parameters of the template. Out: path in the folder to
template, and a context. Numbers and names come from the tables beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrator.artifacts.handlers import HandlerArtifacts, writes
from migrator.artifacts.pipeline.actions import ACTIONS
from migrator.artifacts.pipeline.budgets import budget_of
from migrator.artifacts.pipeline.canaries import canary_jobs
from migrator.artifacts.pipeline.expressions import EXPRESSIONS
from migrator.artifacts.pipeline.load_tests import load_test_of
from migrator.artifacts.pipeline.programs import LINT_RULES, PROGRAMS
from migrator.artifacts.pipeline.stages import stack_name, stages_of
from migrator.plan import PlannedSlice

# GitHub's own names for its runners: "GitHub-hosted runners reference", read 2026-11. On a runner of the function's
# own architecture its requirements are built, and its starts measured, as they are on Lambda.
_RUNNERS = {"arm64": "ubuntu-24.04-arm", "x86_64": "ubuntu-24.04"}


def pipeline_files(service: str, described: HandlerArtifacts) -> Mapping[str, str]:
    """Path in the service folder to the template that makes it."""
    load = load_test_of(described)
    return {
        ".gitignore": "ci/gitignore.j2",
        f".github/workflows/{service}.yml": "ci/github.yml.j2",
        ".gitlab-ci.yml": "ci/gitlab.yml.j2",
        "budget.toml": "ci/budget.toml.j2",
        "requirements-tools.txt": "ci/requirements-tools.txt.j2",
        "loadtest/locustfile.py": f"ci/loadtest/{load.kind}.py.j2",
        "loadtest/limits.py": "ci/loadtest/limits.py.j2",
        **({"loadtest/stack.py": "ci/loadtest/stack.py.j2"} if load.output else {}),
    }


def pipeline_context(
    planned: PlannedSlice, described: HandlerArtifacts, service: str, parameters: Sequence[str]
) -> Mapping[str, object]:
    """What the templates are told beside what the whole service is.

    Args:
        service: its name.
        parameters: texts below `Parameters` of its template, as they were rendered.
    """
    plan = planned.plan
    changes = planned.assessment.effect_names if writes(planned) else ()
    return {
        "actions": ACTIONS,
        "expressions": EXPRESSIONS,
        "programs": PROGRAMS,
        "lint_rules": LINT_RULES,
        "lint_target": plan.runtime.removeprefix("python").replace(".", ""),
        "python_version": plan.runtime.removeprefix("python"),
        "runner": _RUNNERS[plan.architecture],
        "stages": stages_of(service, parameters),
        "stack_prefix": stack_name(service),
        "budget": budget_of(plan, awaited=bool(described.rules)),
        "load": load_test_of(described),
        # What it does to the world; whoever runs the load test has to want that.
        "load_changes": tuple(sorted(effect.value for effect in changes)),
        "load_wanted": "env.LOAD_TEST == 'on'" if changes else "env.LOAD_TEST != 'off'",
        "canary_jobs": canary_jobs(service),
    }
