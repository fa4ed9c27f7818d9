"""All files of a service folder.

In: a `PlannedSlice`. Out: `Artifacts`: path to text or bytes, the manifest among them. What depends on the trigger comes
from its plug-in; what every service has is put together here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from migrator.artifacts.answering import with_answers
from migrator.artifacts.entry_text import entry_path
from migrator.artifacts.formatting import format_python
from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.naming import requirement_line, service_name
from migrator.artifacts.outside import outside_of
from migrator.artifacts.permissions import permissions_of, permissions_shown, settings_shown
from migrator.artifacts.pipeline import pipeline_context, pipeline_files
from migrator.artifacts.rendering import render
from migrator.artifacts.rewriting import Edit, Rewritten, diff_of, rewrite_slice
from migrator.artifacts.router_entry import router_yaml
from migrator.artifacts.routes_shown import api_events, rule_shown
from migrator.artifacts.sam_parts import sam_parts
from migrator.artifacts.shadow import with_guards
from migrator.artifacts.template_parts import template_context, template_folders
from migrator.artifacts.template_text import template_text
from migrator.artifacts.triggers import plugin_for
from migrator.documents.manifest import CODEC
from migrator.domain.effects import Effect
from migrator.domain.json import json_text
from migrator.domain.plans import Dropped, Manifest, Requirement, Target, WrittenFile
from migrator.domain.services import ServiceChoices
from migrator.errors import Refused
from migrator.plan import PlannedSlice, plan_hash

MANIFEST = "migrator-manifest.json"
METRICS_NAMESPACE = "migrator"

# Powertools with the tracer: the handler's own needs, whatever the slice imports. 3.20 is the first release
# that was tried with these templates.
_POWERTOOLS = Requirement("aws-lambda-powertools[tracer]", ">=3.20,<4", "the handler")

_BOTO3 = Requirement("boto3", "", "the handler reads its secrets, and remembers what it has done")

_PYBREAKER = Requirement("pybreaker", ">=1.4,<2", "calls go through circuit breakers")
_DEFAULTS = ServiceChoices()
# The handler's module, and what it is called where the monolith has a module of that name.
_HANDLER, _OTHER = "app", "lambda_app"

_FIXED = {
    "samconfig.toml": "sam/samconfig.toml.j2",
    "Makefile": "service/Makefile.j2",
    "README.md": "service/README.md.j2",
    "hooks/hook.py": "hook/hook.py.j2",
    ".checkov.yaml": "service/checkov.yaml.j2",
    "src/requirements.txt": "service/requirements.txt.j2",
    "requirements-dev.txt": "service/requirements-dev.txt.j2",
}


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The files of a service folder.

    Attributes:
        name: of the service, which is also the function's and the route's.
        files: path in the folder, with forward slashes, to text; sorted by path, the manifest included.
        data: path in the folder to the bytes of each data file that comes along, as the monolith has it.
        edits: what was changed in the code of the slice beyond cutting it out.
        findings: what the handler leaves out or does otherwise, beside what the plan says.
        diff: the same as a unified diff, or an empty text.
    """

    name: str
    files: Mapping[str, str]
    manifest: Manifest
    data: Mapping[str, bytes] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    findings: tuple[Dropped, ...] = ()
    diff: str = ""

    @property
    def contents(self) -> Mapping[str, bytes]:
        """Every file, as it is written; sorted by path."""
        return _contents(self.files, self.data)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A slice as it is rendered, and what the templates are told."""

    name: str
    planned: PlannedSlice
    described: HandlerArtifacts
    context: Mapping[str, object]


def make_template(planned: PlannedSlice, choices: ServiceChoices = _DEFAULTS) -> str:
    """The SAM template alone, as `make_artifacts` has it; the code of the slice is not looked at.

    Raises:
        Refused: as for `make_artifacts`.
    """
    _refuse_other_targets(planned)
    return template_text(_prepare(planned, Rewritten(planned.modules), choices).context, planned.assessment)


def make_artifacts(planned: PlannedSlice, choices: ServiceChoices = _DEFAULTS) -> Artifacts:
    """Render everything.

    Raises:
        Refused: it does not fit a zip, the trigger cannot be served yet, or a file of the slice has the name of a generated one.
    """
    original = planned.modules
    _refuse_other_targets(planned)
    rewritten = rewrite_slice(planned, choices)
    made = _prepare(planned, rewritten, choices)
    name, planned, described = made.name, made.planned, made.described
    context = {**made.context, "source_section": render(described.readme, made.context).strip("\n")}
    own = sorted({_top(path) for path in planned.modules} | _generated(described))
    files = {f"src/{path}": text for path, text in planned.modules.items()}
    files["template.yaml"] = template_text(context, planned.assessment)
    for path, template in {**_FIXED, **pipeline_files(name, described), **described.templates}.items():
        text = render(template, context)
        files[path] = format_python(text, first_party=own) if path.endswith(".py") else text
    for example in described.events:
        files[f"events/{example.name}.json"] = json_text(example.event, indent=2) + "\n"
    if described.rules:
        files["router.yaml"] = router_yaml(name, described.rules)
    data = {f"src/{path}": content for path, content in planned.data.items()}
    _refuse_taken(planned, files.keys() & data.keys())
    manifest = Manifest(
        candidate=planned.plan.candidate,
        plan_hash=plan_hash(planned.plan),
        source_hashes=planned.source_hashes,
        files=tuple(
            WrittenFile(path, hashlib.sha256(content).hexdigest()) for path, content in _contents(files, data).items()
        ),
    )
    files[MANIFEST] = CODEC.dump_text(manifest)
    return Artifacts(
        name,
        dict(sorted(files.items())),
        manifest,
        dict(sorted(data.items())),
        rewritten.edits,
        described.findings,
        diff_of(original, rewritten.modules),
    )


def _refuse_other_targets(planned: PlannedSlice) -> None:
    if planned.plan.target is not Target.ZIP:
        raise Refused(
            f"{planned.plan.candidate} needs a target of {planned.plan.target.value}, and services are made for zip only "
            f"as yet: {planned.plan.packaging}",
            hint="make its requirements smaller, or give it wheels for one architecture",
            location=str(planned.assessment.location),
        )


def _prepare(planned: PlannedSlice, rewritten: Rewritten, choices: ServiceChoices) -> _Prepared:
    planned = replace(planned, modules=rewritten.modules)
    described = with_guards(planned, with_answers(planned, _guarded(describe_handler(planned), rewritten)))
    name = service_name(planned.plan.candidate)
    _refuse_clashes(planned, described)
    outside = outside_of(planned.plan, name, choices.secrets)
    context: dict[str, object] = {**_context(planned, described, name), **described.context}
    context |= {"outside": outside, "exported": rewritten.exported, "edits": rewritten.edits}
    context["permissions"] = permissions_shown(permissions_of(planned.plan, settings_shown(outside)))
    context |= {"breakers": choices.breakers, "breakers_used": rewritten.guarded, "clients": _clients(planned)}
    folders = template_folders(planned, described, outside)
    context |= template_context(planned, described, name, folders, outside, namespace=METRICS_NAMESPACE)
    parts = sam_parts(folders, context)
    context |= {"parts": parts, **pipeline_context(planned, described, name, parts.parameters)}
    return _Prepared(name, planned, described, context)


def describe_handler(planned: PlannedSlice) -> HandlerArtifacts:
    """What the trigger's plug-in says, the handler by a name that the slice leaves free.

    Raises:
        Refused: the trigger cannot be served yet, or a module of the slice has the name of a generated one.
    """
    described = plugin_for(planned).describe(planned)
    if _HANDLER in {_top(path) for path in planned.modules}:
        # The most usual name of a Flask application's module: the service gives way.
        own = {
            path.replace(f"src/{_HANDLER}.py", f"src/{_OTHER}.py"): name for path, name in described.templates.items()
        }
        described = replace(described, templates=own)
    _refuse_clashes(planned, described)
    return described


def _clients(planned: PlannedSlice) -> frozenset[str]:
    """Distributions of the slice whose errors a breaker has to raise, by name."""
    return frozenset(each.distribution.partition("[")[0].lower() for each in planned.plan.requirements)


def _guarded(described: HandlerArtifacts, rewritten: Rewritten) -> HandlerArtifacts:
    if not rewritten.guarded:
        return described
    return replace(
        described,
        templates={**described.templates, "src/lambda_breakers.py": "handler/outside/lambda_breakers.py.j2"},
        requirements=(*described.requirements, _PYBREAKER),
    )


def _contents(files: Mapping[str, str], data: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return dict(sorted({**{path: text.encode() for path, text in files.items()}, **data}.items()))


def _context(planned: PlannedSlice, described: HandlerArtifacts, name: str) -> dict[str, object]:
    plan = planned.plan
    candidate = plan.candidate
    module = next(each for each in (_HANDLER, _OTHER) if f"src/{each}.py" in described.templates)
    return {
        "handler_module": module,
        "handler_as_app": _imported_as(module, "app"),
        "plan": plan,
        "candidate": candidate,
        "entry": planned.entry,
        "entry_path": f"src/{entry_path(planned)}",
        "entry_as_function": _imported_as(planned.entry.name, "function"),
        "entry_import": _imported_as(planned.entry.name, "view"),
        "source": f"{planned.assessment.location.path}:{planned.assessment.location.line}",
        "service_name": name,
        "metrics_namespace": METRICS_NAMESPACE,
        "description": f"{candidate}, cut out of the monolith",
        "role_description": f"What {name} may do: write its own logs, send traces",
        "log_group": f"/aws/lambda/{name}",
        "sam_tags": f"migrator:candidate={name}",
        "api_events": api_events(described.rules),
        "requirement_lines": tuple(
            requirement_line(each.distribution, each.version) for each in service_requirements(planned, described)
        ),
        "answered": tuple(example for example in described.events if example.arguments is not None),
        "unknown": tuple(example.name for example in described.events if example.arguments is None),
        "example_names": tuple(example.name for example in described.events),
        "first_event": f"events/{described.events[0].name}.json",
        "rules_shown": tuple(rule_shown(rule) for rule in described.rules),
        "behind": described.behind,
        "routed": bool(described.rules),
        "handler_files": tuple(sorted(f"src/{module}.py" for module in _generated(described) - {module})),
        "scheduler_description": f"What the clock of {name} may do: send to its queue",
        "kept": plan.kept,
        "dropped": (*plan.dropped, *described.findings),
        "dev_requirements": described.dev_requirements,
        "temporary": Effect.TEMP_DISK in planned.assessment.effect_names,
        "accepted": tuple((effect.value, reason) for effect, reason in planned.accepted.items()),
    }


def _imported_as(name: str, alias: str) -> str:
    return name if name == alias else f"{name} as {alias}"


def service_requirements(planned: PlannedSlice, described: HandlerArtifacts) -> tuple[Requirement, ...]:
    """What the slice and its handler import, by distribution; as the slice wants it where both do."""
    wanted: dict[str, Requirement] = {}
    # The runtime has a boto3 too, but AWS changes it at any time.
    asks_aws = bool(planned.plan.secrets) or "idempotency" in described.sam
    own = (_POWERTOOLS, *((_BOTO3,) if asks_aws else ()))
    for requirement in (*planned.plan.requirements, *described.requirements, *own):
        wanted.setdefault(requirement.distribution.lower(), requirement)
    return tuple(requirement for _, requirement in sorted(wanted.items()))


def _refuse_clashes(planned: PlannedSlice, described: HandlerArtifacts) -> None:
    generated = _generated(described)
    _refuse_taken(planned, {path for path in planned.modules if _top(path) in generated})


def _refuse_taken(planned: PlannedSlice, taken: Set[str]) -> None:
    if taken:
        path = min(taken).removeprefix("src/")
        raise Refused(
            f"the monolith's {path} has the name of a file that the service needs for itself",
            hint=f"rename {_top(path)} in the monolith; the slice keeps the monolith's names",
            location=str(planned.assessment.location),
        )


def _generated(described: HandlerArtifacts) -> set[str]:
    """Names of the generated modules."""
    return {_top(path.removeprefix("src/")) for path in described.templates if path.startswith("src/")}


def _top(path: str) -> str:
    return path.split("/", 1)[0].removesuffix(".py")
