"""Puts the seam into a monolith for one candidate: the module, the weights file, the edits of the code that runs it.

In: the source tree, an assessment, choices. Out: a `SeamChange`; nothing is written. A file that could not be given
back byte for byte is left with legacy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from migrator.artifacts.naming import service_name
from migrator.artifacts.rendering import render
from migrator.artifacts.seam.aliases import aliases_of, wanted_in
from migrator.artifacts.seam.changes import Place, SeamChange, present
from migrator.artifacts.seam.insertions import MODULE, import_line, insert
from migrator.artifacts.seam.lines import changed_lines
from migrator.artifacts.seam.narrowing import narrowed
from migrator.artifacts.seam.places import places_below
from migrator.artifacts.seam.reading import Parsed, Unreadable
from migrator.artifacts.seam.record import SeamCandidate, SeamRecord, load_record, record_files, unwritten
from migrator.artifacts.seam.removal import remove
from migrator.artifacts.seam.sites import SEND_METHODS, At, Sites, find_calls, find_registration, find_sends
from migrator.artifacts.seam.weights import with_route
from migrator.domain.assessments import Assessment
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.source import SourceFile, SourceTree

TEMPLATE = "seam/migrator_seam.py.j2"
# As in the `router.yaml` of a service.
_ALIAS = "live"
_WHAT = {
    At.SENDS: "sends it",
    At.CALLS: "calls it",
    At.REGISTRATION: "registers it",
    At.FIRINGS: "takes its firings",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose.

    Attributes:
        at: where calls are routed; firings are those of a scheduler. None for what suits the trigger.
        folder: where the module goes, relative to the root; None for the candidate's top-level package.
        sticky: the argument whose values stay on one side, or an empty string.
        with_results: also route sends of which the code uses what they give back.
        queue: URL of the queue that a task's messages go to, or an empty string where it is not known yet.
        weights: also put the candidate into the weights file, at weight 0. Without an entry, or a file, its calls stay
            with legacy as well, so a router that writes the file needs none.
    """

    at: At | None = None
    folder: str | None = None
    sticky: str = ""
    with_results: bool = False
    queue: str = ""
    weights: bool = True


class AlreadyRouted(Refused):
    """Everything of the candidate that can be routed is: there is nothing to put in."""


def add(tree: SourceTree, assessment: Assessment, choices: Choices) -> SeamChange:
    """The change that puts the seam in.

    Raises:
        AlreadyRouted: it was put in before, and there is nothing more.
        Refused: the candidate cannot be routed from legacy code, or nothing was found to route.
        UsageError: the module cannot go where it was wanted.
        InputError: what an earlier run left cannot be read.
    """
    name = assessment.name
    own, function = _own_module(tree, assessment)
    at = choices.at or default_at(assessment)
    _refuse_unroutable(assessment, at)
    record = load_record(tree.root) or unwritten(places_below(tree, own, choices.folder))
    _refuse_twice(record, assessment, at)
    before: dict[str, bytes | None] = {}
    edited: dict[str, bytes | None] = {}
    known = record.candidates.get(name)
    files = dict(known.files) if known is not None else {}
    places: list[Place] = []
    left: list[Place] = []
    for file, data, sites in _sites(_without_module(tree, record), own, function, assessment, at, choices):
        if isinstance(sites, Unreadable):
            left.append(Place(file.path, 1, f"this file {sites}"))
            continue
        left += [Place(file.path, each.line, each.reason) for each in sites.left]
        if not sites.insertions:
            continue
        try:
            changed = _edited(data, sites, record.package)
            files[file.path] = changed_lines(changed, name, record.package)
        except Unreadable as error:
            left.append(Place(file.path, 1, f"this file {error}"))
            continue
        before[file.path], edited[file.path] = data, changed
        places += [Place(file.path, line) for line in sites.lines]
    if not places:
        raise _nothing_found(assessment, at, left, known=name in record.names)
    module = render(TEMPLATE, {}).encode()
    before[record.module] = present(tree.root, record.module)
    if before[record.module] is not None and not record.common.module_sha256:
        raise Refused(
            f"there is a {MODULE}.py that migrator did not write",
            hint="choose another folder with --module",
            location=str(tree.root / record.module),
        )
    weights: dict[str, bytes | None] = {}
    if choices.weights:
        before[record.weights] = present(tree.root, record.weights)
        weights[record.weights] = with_route(
            before[record.weights],
            name,
            _canary(assessment, choices),
            choices.sticky,
            location=str(tree.root / record.weights),
        )
    written = replace(
        narrowed(tree.root, record),
        common=replace(record.common, module_sha256=_sha256(module)),
    )
    written = replace(written, candidates={**written.candidates, name: SeamCandidate(name, at, files)})
    there = {path: present(tree.root, path) for path in record_files(written)}
    said = {path: data for path, data in record_files(written).items() if data != there[path]}
    before |= there
    # The record comes first: whatever of the rest is there when the process is killed, it speaks of it.
    return SeamChange(
        tree.root, {**said, record.module: module, **weights, **edited}, before, tuple(places), tuple(left)
    )


def _canary(assessment: Assessment, choices: Choices) -> Mapping[str, str]:
    """A task goes to the queue of its service; what is called is answered by the function."""
    if any(trigger.kind is TriggerKind.QUEUE for trigger in assessment.triggers) and choices.at is not At.CALLS:
        return {"queue": choices.queue}
    return {"lambda": service_name(assessment.name), "alias": _ALIAS}


def _own_module(tree: SourceTree, assessment: Assessment) -> tuple[SourceFile, str]:
    module, _, function = assessment.name.rpartition(".")
    if module not in tree.modules:
        raise Refused(
            "is a method or a nested function, which other code cannot name",
            hint="route a function of module level, or the calls that reach it by the router",
            location=str(assessment.location),
        )
    return tree.modules[module], function


def default_at(assessment: Assessment) -> At:
    """Where calls are routed unless the user says otherwise: what suits the triggers."""
    kinds = {trigger.kind for trigger in assessment.triggers}
    if TriggerKind.SCHEDULE in kinds:
        return At.FIRINGS
    if TriggerKind.QUEUE in kinds:
        return At.SENDS
    return At.REGISTRATION if TriggerKind.HTTP in kinds else At.CALLS


def _refuse_unroutable(assessment: Assessment, at: At) -> None:
    frameworks = {trigger.framework for trigger in assessment.triggers}
    kinds = {trigger.kind for trigger in assessment.triggers}
    location = str(assessment.location)
    if at is At.FIRINGS and TriggerKind.SCHEDULE not in kinds:
        raise Refused("no scheduler fires it", hint="route its calls with --at calls", location=location)
    if at is At.SENDS and "celery" not in frameworks:
        raise Refused(
            "only sends of Celery tasks are known",
            hint="route its direct calls with --at calls",
            location=location,
        )
    if at is At.REGISTRATION and kinds == {TriggerKind.HTTP} and "flask" not in frameworks:
        raise Refused(
            f"a route of {', '.join(sorted(frameworks))} is not routed from inside the monolith",
            hint="the data plane routes HTTP: migrator router apply",
            location=location,
        )
    if at is At.REGISTRATION and not kinds & {TriggerKind.HTTP, TriggerKind.QUEUE}:
        other = "firings" if TriggerKind.SCHEDULE in kinds else "calls"
        raise Refused(
            "its registration is no task and no route", hint=f"route its {other} with --at {other}", location=location
        )


def _refuse_twice(record: SeamRecord, assessment: Assessment, at: At) -> None:
    """A firing that reaches the function through another seam would be decided, and counted, twice."""
    known = record.names.get(assessment.name)
    if known is not None and known is not at and At.FIRINGS in (known, at):
        raise Refused(
            f"its {known.value} are routed already, and what came that way would be decided twice",
            hint=f"take that out first: migrator seam remove {assessment.name}",
            location=str(assessment.location),
        )


def _without_module(tree: SourceTree, record: SeamRecord) -> SourceTree:
    """The seam's own module calls nobody's function, and is long."""
    return replace(
        tree, modules={name: file for name, file in tree.modules.items() if file.path != record.common.module}
    )


def _sites(
    tree: SourceTree, own: SourceFile, function: str, assessment: Assessment, at: At, choices: Choices
) -> Iterator[tuple[SourceFile, bytes, Sites | Unreadable]]:
    """Each file that can have places, with what was found there."""
    aliases = aliases_of(tree, assessment.name)
    words = {alias.rpartition(".")[2] for alias in aliases}
    for file in tree.modules.values():
        if at in (At.REGISTRATION, At.FIRINGS) and file is not own:
            continue
        if not any(word in file.text for word in words):
            continue
        if at is At.SENDS and not any(method in file.text for method in SEND_METHODS):
            continue
        path = tree.root / file.path
        if path.is_symlink():
            yield file, b"", Unreadable("is a link, and is edited where it leads")
            continue
        data = path.read_bytes()
        try:
            parsed = Parsed(data)
        except Unreadable as error:
            yield file, data, error
            continue
        wanted = wanted_in(parsed, file, assessment.name, aliases)
        match at:
            case At.SENDS:
                found = find_sends(parsed, wanted, assessment.name, with_results=choices.with_results)
            case At.CALLS:
                found = find_calls(parsed, wanted, assessment.name, own=function if file is own else "")
            case At.REGISTRATION:
                routes = [trigger for trigger in assessment.triggers if trigger.kind is TriggerKind.HTTP]
                found = find_registration(
                    parsed,
                    assessment.location.line,
                    assessment.name,
                    "flask_view" if routes else "routed",
                    below=frozenset(trigger.location.line for trigger in routes),
                )
            case At.FIRINGS:
                # Below what hands it to a scheduler or makes a task of it; where that is done by name, above all.
                found = find_registration(
                    parsed,
                    assessment.location.line,
                    assessment.name,
                    "schedule",
                    below=frozenset(
                        trigger.location.line for trigger in assessment.triggers if trigger.location.path == own.path
                    ),
                )
        yield file, data, found


def _edited(data: bytes, sites: Sites, package: str) -> bytes:
    """The file with the seam.

    Raises:
        Unreadable: it would not come out again as it was.
    """
    parsed = Parsed(data)
    text = insert(parsed.text, (*import_line(parsed, package), *sites.insertions))
    changed = parsed.source.encode(text)
    if remove(changed, None, package).data != remove(data, None, package).data:
        raise Unreadable("could not be given back byte for byte")
    return changed


def _nothing_found(assessment: Assessment, at: At, left: list[Place], *, known: bool) -> Refused:
    listed = "".join(f"\n  {place.path}:{place.line}: {place.reason}" for place in left)
    what = _WHAT[at]
    if known:
        return AlreadyRouted(f"everything that {what} is routed already{listed}", location=str(assessment.location))
    if at is At.FIRINGS:
        hint = "move its entry of the schedule instead, when the canary is to run it"
    elif any(trigger.kind is TriggerKind.SCHEDULE for trigger in assessment.triggers):
        hint = "a scheduler fires it: route that with --at firings"
    elif at is At.SENDS:
        hint = "route all of it where it is registered, with --at registration"
    else:
        hint = "route it elsewhere with --at"
    return Refused(
        f"nothing that {what} was found that can be routed{listed}",
        hint=hint,
        location=str(assessment.location),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
