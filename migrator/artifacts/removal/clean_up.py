"""Takes a candidate out of the monolith: its definition, what only it used, its tests; sends go to a client.

In: the tree without the candidate's seam, model and assessments, what a person takes on. Out: a `CleanUp`; nothing is
written. What goes is decided in `migrator.plan.removal`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrator.artifacts.removal.client import ClientFiles, client_of
from migrator.artifacts.removal.cutting import Uncut, cuts_of, prove
from migrator.artifacts.removal.senders import imported_in, take_over
from migrator.artifacts.removal.spans import without
from migrator.artifacts.seam.aliases import aliases_of
from migrator.artifacts.seam.changes import Place, SeamChange, present
from migrator.artifacts.seam.changes import diff as shown
from migrator.artifacts.seam.reading import Parsed, Unreadable
from migrator.domain.assessments import Assessment
from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.model import ProgramModel
from migrator.plan.removal import Obstacle, Question, Removal, plan_removal
from migrator.plan.removal.values import Registered
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind
from migrator.source import SourceTree

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CleanUp:
    """What the removal does to the files.

    Attributes:
        removal: what goes and what stays, with the reasons.
        change: the files; those that go first, so that a diff begins with them.
        sends: places whose sends the client takes over.
        accepted: what a person has taken on, with the reason and the places.
        notes: what has to be done once legacy is deployed, a sentence each.
        first: what has to be there before.
    """

    removal: Removal
    change: SeamChange
    sends: tuple[Place, ...]
    accepted: tuple[tuple[Obstacle, str], ...]
    notes: tuple[str, ...]
    first: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        return shown(self.change)


def clean_up(
    tree: SourceTree,
    model: ProgramModel,
    assessment: Assessment,
    others: Sequence[Assessment],
    *,
    canary: Mapping[str, Any] | None = None,
    accepted: Mapping[Question, str] | None = None,
) -> CleanUp:
    """Make the change.

    Args:
        canary: what the weights of the seam said of the route's canary, so that the client finds its queue.
        accepted: what a person takes on, with the reason.

    Raises:
        Refused: something would break, or cannot be carried; every place is named, and nothing is changed.
        InputError: the tree is not what was analyzed.
    """
    removal = plan_removal(tree, model, assessment, others)
    client = client_of(assessment, removal.home, canary or {})
    editor = _Editor(tree, removal, client)
    editor.edit()
    taken = dict(accepted or {})
    obstacles = [*removal.obstacles, *editor.refused]
    if left := [each for each in obstacles if each.question is None or each.question not in taken]:
        raise _refused(assessment, left)
    files, before = editor.files, editor.before
    if editor.sends and client is not None:
        for path, text in client.files.items():
            before[path] = present(tree.root, path)
            # A client, or the package of another one, is there already, and may have been edited.
            if before[path] is None:
                files[path] = text.encode()
    ordered = dict(sorted(files.items(), key=lambda pair: (pair[1] is not None, pair[0])))
    change = SeamChange(tree.root, ordered, {path: before[path] for path in ordered}, tuple(editor.sends))
    first = tuple(_first(assessment, editor.sends, client))
    told = tuple((each, taken[each.question]) for each in obstacles if each.question in taken)
    return CleanUp(removal, change, tuple(editor.sends), told, tuple(_then(assessment, removal)), first)


class _Editor:
    def __init__(self, tree: SourceTree, removal: Removal, client: ClientFiles | None) -> None:
        self._tree, self._removal = tree, removal
        self._client = client.client if client is not None else None
        if self._client is not None and self._client.calls:
            self._client = replace(self._client, plain=_answers_plainly(removal.unit))
        self._aliases = aliases_of(tree, removal.definition)
        self.files: dict[str, bytes | None] = {}
        self.before: dict[str, bytes | None] = {}
        self.sends: list[Place] = []
        self.refused: list[Obstacle] = []

    def edit(self) -> None:
        """Edit every file that something is in."""
        parts = self._removal.parts
        told: defaultdict[str, list[Registered]] = defaultdict(list)
        for each in self._removal.registrations:
            told[self._tree.by_path[each.location.path].name].append(each)
        for name in sorted({*parts.syntax, *self._removal.users, *told}):
            syntax = parts.syntax.get(name) or self._removal.around[name]
            path = syntax.file.path
            full = self._tree.root / path
            if full.is_symlink():
                self.refused.append(Obstacle(Location(path, 1), "is a link, and is edited where it leads"))
                continue
            self.before[path] = full.read_bytes()
            if name in parts.files:
                self.files[path] = None
                continue
            try:
                self._edit(syntax, parts.going.get(name, frozenset()), told[name])
            except (Uncut, Unreadable) as error:
                self.refused.append(Obstacle(Location(path, 1), f"cannot be edited: {error}"))

    def _edit(self, syntax: ModuleSyntax, going: frozenset[Unit], told: Sequence[Registered]) -> None:
        path, users = syntax.file.path, self._removal.users.get(syntax.file.name, ())
        parsed = Parsed(self.before[path] or b"")
        cuts = cuts_of(parsed, syntax, going, told)
        edited = {*users, *(unit for unit in syntax.units if any(_holds(unit, each) for each in told))}
        if users:
            taken = take_over(parsed, syntax.file, self._removal.definition, self._aliases, self._client, cuts)
            if not taken.lines and not taken.refused:
                self.refused.append(Obstacle(users[0].location, "uses the candidate in a way that could not be read"))
            self.refused.extend(taken.refused)
            self.sends.extend(Place(path, line) for line in taken.lines)
            swapped = {parsed.line(cut.start) for cut in taken.cuts if cut.instead and cut.end > cut.start}
            rest = {unit for unit in going if unit.kind is not UnitKind.IMPORT or unit.location.line not in swapped}
            cuts = (*cuts_of(parsed, syntax, rest, told), *taken.cuts)
        if not cuts:
            return
        text = without(parsed.text, cuts)
        prove(text, syntax, going, edited)
        self.files[path] = data = parsed.source.encode(text)
        if users and any(imported_in(Parsed(data), syntax.file, self._aliases)):
            raise Uncut("it would still import the candidate")


def _holds(unit: Unit, each: Registered) -> bool:
    return unit.location.line <= each.location.line <= unit.location.end_line


# What comes back from JSON as it was.
_PLAIN = frozenset({"None", "bool", "dict", "float", "int", "list", "str", "Dict", "List", "Optional"})


def _answers_plainly(unit: Unit) -> bool:
    """Whether the annotation of a function says that its result is plain JSON."""
    returns = getattr(unit.node, "returns", None)
    if returns is None:
        return False
    names = {each.id for each in ast.walk(returns) if isinstance(each, ast.Name)}
    return names <= _PLAIN and not any(isinstance(each, ast.Attribute) for each in ast.walk(returns))


def _refused(assessment: Assessment, obstacles: Sequence[Obstacle]) -> Refused:
    ordered = sorted(dict.fromkeys(obstacles), key=lambda each: (each.location, each.reason))
    listed = "".join(f"\n  {each.location.path}:{each.location.line}: {each.reason}" for each in ordered[:_SHOWN])
    more = f"\n  and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    words = sorted({each.question.value for each in ordered if each.question is not None})
    hint = "mend these places first, then run it again"
    if words:
        hint = f"mend these places first; or take them on, with a reason each: {' '.join(f'--accept {word}=REASON' for word in words)}"
    return Refused(
        f"{assessment.name} cannot be removed; nothing was changed:{listed}{more}",
        hint=hint,
        location=str(assessment.location),
    )


def _first(assessment: Assessment, sends: Sequence[Place], client: ClientFiles | None) -> Iterator[str]:
    """What has to be there before legacy is deployed."""
    if any(trigger.kind is TriggerKind.QUEUE for trigger in assessment.triggers):
        yield (
            "Let legacy's queue run empty of this task, those that wait for their time too: a worker without it throws "
            "its messages away."
        )
    if sends and client is not None:
        yield (
            f"Set {client.setting} where legacy code runs, if it is another one than the client has."
            if client.known
            else f"Set {client.setting} where legacy code runs: the client knows no address, and fails without one."
        )
        yield "Where legacy code runs, boto3 has to be installed, and the role has to be allowed to send there."


def _then(assessment: Assessment, removal: Removal) -> Iterator[str]:
    """What has to be done once legacy is deployed."""
    kinds = {trigger.kind for trigger in assessment.triggers}
    if TriggerKind.SCHEDULE in kinds:
        yield (
            "Deploy the service with ScheduleState=ENABLED when legacy's clock has been restarted without this entry: "
            "before that it would run twice, and until then it does not run."
        )
    if TriggerKind.COMMAND in kinds:
        yield "Whoever starts the command (cron, a deployment, a person) has to invoke the function from now on."
    yield from removal.notes
