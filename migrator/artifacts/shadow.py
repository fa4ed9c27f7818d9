"""The guards of mirrored calls: what a handler needs so that a copy of a request has no effect.

In: a `PlannedSlice` and what its trigger's plug-in says. Out: the plug-in's words with the guards: files, distributions,
and what their templates are told. What a guard does is in `templates/handler/shadow`; why so is in
docs/adr/0019-shadow-calls.md. Events other than requests are never mirrored.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.shadow_libraries import TELEMETRY, UNSEEN, USERS
from migrator.domain.effects import Effect
from migrator.domain.plans import BootKind, Requirement
from migrator.plan import PlannedSlice
from migrator.plan.looking.parsed import parsed_text

_FOLDER = "handler/shadow"
# What somebody outside of an environment would notice.
_NOTICED = frozenset(
    {
        *(Effect.EMAIL, Effect.HTTP_OUT, Effect.ENQUEUE, Effect.DATABASE, Effect.CACHE, Effect.OBJECT_STORAGE),
        *(Effect.SUBPROCESS, Effect.LOCAL_DISK_WRITE),
    }
)
_SQLALCHEMY = frozenset({"sqlalchemy", "flask-sqlalchemy", "sqlmodel"})
_AWS = frozenset({"boto3", "botocore"})
_REDIS = frozenset({"redis", "django-redis"})
_SQLITE = re.compile(r"^[ \t]*(?:import|from)[ \t]+sqlite3\b", re.MULTILINE)
# A name that a driver is asked for a connection by; others are its errors and types.
_OPENS = re.compile(r"connect|pool", re.IGNORECASE)
# 0.5 is the first that was tried with the template.
_SQLPARSE = Requirement("sqlparse", ">=0.5,<1", "the guard of mirrored calls reads statements")


@dataclass(frozen=True, slots=True)
class ShadowGuards:
    """What the guards of a service are told.

    Attributes:
        own: top-level names of the modules of the function and its handler, sorted.
        unseen: what no guard sees, each with its effect.
        modules: the guards, by module.
        sqlite: whether the function's own code opens databases of SQLite.
        asgi: whether the handler hands requests to an ASGI application.
    """

    own: tuple[str, ...]
    unseen: Mapping[str, str]
    modules: tuple[str, ...]
    sqlalchemy: bool
    django: bool
    sqlite: bool
    asgi: bool
    users: tuple[tuple[str, tuple[str, ...]], ...] = tuple(USERS.items())
    telemetry: tuple[str, ...] = TELEMETRY

    @property
    def sql(self) -> bool:
        """Whether one of the guards is that of databases."""
        return "lambda_shadow_sql" in self.modules


def with_guards(planned: PlannedSlice, described: HandlerArtifacts) -> HandlerArtifacts:
    """The same, with guards where a request may have an effect."""
    if not (described.rules and _may_act(planned)):
        return replace(described, context={**described.context, "shadow": None})
    boot = planned.plan.boot
    names = {_named(each) for each in (*planned.plan.requirements, *described.requirements)}
    sqlalchemy = bool(names & _SQLALCHEMY)
    django = "django" in names or (boot is not None and boot.kind is BootKind.DJANGO)
    sqlite = any(_SQLITE.search(text) for text in planned.modules.values())
    wanted = {
        "network": True,
        "sql": sqlalchemy or django or sqlite,
        "aws": bool(names & _AWS or planned.plan.secrets),
        "redis": bool(names & _REDIS),
    }
    modules = tuple(f"lambda_shadow_{guard}" for guard, needed in wanted.items() if needed)
    files = {f"src/{module}.py": f"{_FOLDER}/{module}.py.j2" for module in ("lambda_shadow", *modules)}
    files["tests/test_shadow.py"] = "handler_test/test_shadow.py.j2"
    templates = {**described.templates, **files}
    guards = ShadowGuards(
        own=tuple(sorted({_top(path) for path in (*planned.modules, *_sources(templates))})),
        unseen=dict(_unseen(planned)),
        modules=modules,
        sqlalchemy=sqlalchemy,
        django=django,
        sqlite=sqlite,
        asgi="src/lambda_http.py" not in templates,
    )
    return replace(
        described,
        templates=templates,
        context={**described.context, "shadow": guards},
        requirements=(*described.requirements, *([_SQLPARSE] if wanted["sql"] else [])),
    )


def _may_act(planned: PlannedSlice) -> bool:
    """Whether a run may be noticed outside; an application does more around it than the analysis has followed."""
    assessment = planned.assessment
    doubtful = any(not call.harmless_because for call in assessment.unresolved)
    return bool(assessment.effect_names & _NOTICED) or doubtful or planned.plan.boot is not None


def _unseen(planned: PlannedSlice) -> Iterator[tuple[str, str]]:
    """What the slice's own code opens that no guard sees; what only a library opens is that library's."""
    for package, effect in UNSEEN.items():
        if any(package in text and _opens(text, package) for text in planned.modules.values()):
            yield package, effect
    if Effect.LOCAL_DISK_WRITE in planned.assessment.effect_names:
        yield "files that it writes", Effect.LOCAL_DISK_WRITE.value


def _opens(text: str, package: str) -> bool:
    for node in ast.walk(parsed_text(text)):
        if isinstance(node, ast.Import) and any(_within(alias.name, package) for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                # A driver of databases has errors and types that are wanted for themselves.
                for_itself = UNSEEN[package] == "database" and not _OPENS.search(f"{node.module}.{alias.name}")
                if _within(f"{node.module}.{alias.name}", package) and not for_itself:
                    return True
    return False


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _named(requirement: Requirement) -> str:
    return requirement.distribution.partition("[")[0].lower().replace("_", "-")


def _sources(templates: Mapping[str, str]) -> Iterator[str]:
    return (path.removeprefix("src/") for path in templates if path.startswith("src/"))


def _top(path: str) -> str:
    return path.split("/", 1)[0].removesuffix(".py")
