"""One question to an index: which wheels some requirements come to on a platform.

In: requirement lines, and who finds the wheel of each (`Resolving`). Out: an `IndexAnswer`. What wheels need is asked
for step by step, with their markers judged here: pip judges them for the interpreter that runs it, whatever platform
it is told. So it also stays plain because of which requirement something is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from migrator.adapters.packages.refusals import Refusal, judged
from migrator.adapters.packages.report import Installed
from migrator.plan.requirements import Answer, AvailableWheel, IndexAnswer, MissingWheel, Platform

# The longest chains of needs have about ten links; what is not found after so many steps goes in circles.
_MOST_STEPS = 40


class Resolving(Protocol):
    """Finds wheels."""

    def resolve(self, requirements: Sequence[Requirement]) -> tuple[Installed, ...] | Refusal:
        """The wheel of each requirement, without what it needs, or why there are not all of them."""
        ...

    def sizes(self, installed: Sequence[Installed]) -> Mapping[NormalizedName, int]:
        """Bytes unzipped of those that are at hand."""
        ...


@dataclass(slots=True)
class _Wanted:
    """A requirement without its marker, and the lines because of which it is wanted."""

    requirement: Requirement
    lines: set[str] = field(default_factory=set)

    @property
    def key(self) -> NormalizedName:
        return canonicalize_name(self.requirement.name)


class Question:
    """Asks until nothing more is needed; used once."""

    def __init__(self, resolving: Resolving, platform: Platform) -> None:
        self._resolving = resolving
        self._platform = platform
        self._wanted: dict[str, _Wanted] = {}
        self._found: dict[NormalizedName, Installed] = {}
        self._answered: dict[NormalizedName, frozenset[str]] = {}
        self._missing: dict[str, MissingWheel] = {}
        self._notes: list[str] = []

    def answer(self, lines: Sequence[str]) -> IndexAnswer:
        """See `PackageIndex.wheels`."""
        for line in lines:
            self._want(line)
        requested = {wanted.key for wanted in self._wanted.values()}
        installed = self._needed(self._ask())
        sizes = self._resolving.sizes(installed)
        wheels = tuple(
            AvailableWheel(each.name, each.version, sizes.get(each.key), each.key in requested)
            for each in sorted(installed, key=lambda each: each.key)
        )
        return IndexAnswer(
            wheels, tuple(self._missing[line] for line in lines if line in self._missing), tuple(self._notes)
        )

    def _want(self, line: str) -> None:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            self._miss({line}, Answer.UNKNOWN, f"{line.split(' ', 1)[0]} is not a requirement that can be read")
            return
        if requirement.url is not None:
            self._miss({line}, Answer.UNKNOWN, f"{requirement.name} is not taken from an index")
        elif self._platform.environment.holds(requirement.marker):
            self._add(requirement, {line})

    def _add(self, requirement: Requirement, lines: set[str]) -> bool:
        """Want a requirement; whether that is news."""
        plain = Requirement(str(requirement))
        plain.marker = None
        wanted = self._wanted.setdefault(str(plain), _Wanted(plain))
        news = not lines <= wanted.lines
        wanted.lines |= lines
        return news

    def _ask(self) -> tuple[Installed, ...]:
        """The wheels of all that is wanted, and of what these need."""
        for _ in range(_MOST_STEPS):
            if not (fresh := self._unasked()):
                return tuple(self._found[key] for key in sorted(self._asked_for()))
            found = self._resolving.resolve([each.requirement for each in self._wanted.values() if each.key in fresh])
            if not isinstance(found, Refusal):
                self._found |= {each.key: each for each in found}
                self._answered |= fresh
                while self._expand():
                    pass
            elif found.unreachable:
                self._miss(self._lines(), Answer.UNKNOWN, found.unreachable)
            elif found.culprit is not None:
                self._blame(found)
            else:
                return self._apart(found.conflict)
        self._miss(self._lines(), Answer.UNKNOWN, "what it needs goes in circles")
        return ()

    def _asked_for(self) -> Mapping[NormalizedName, frozenset[str]]:
        """What is wanted of each distribution. The wheel of each depends on that alone."""
        found: dict[NormalizedName, set[str]] = {}
        for text, wanted in self._wanted.items():
            found.setdefault(wanted.key, set()).add(text)
        return {key: frozenset(texts) for key, texts in found.items()}

    def _unasked(self) -> Mapping[NormalizedName, frozenset[str]]:
        """Of which distributions something else is wanted than was asked for last."""
        return {key: texts for key, texts in self._asked_for().items() if self._answered.get(key) != texts}

    def _expand(self) -> bool:
        """Want what the wheels need, and drop those that are for other Pythons; whether anything changed."""
        changed = False
        for key in self._asked_for():
            each = self._found.get(key)
            if each is None:
                continue
            lines, extras = self._lines(key), self._extras(key)
            if not self._platform.environment.allows(each.python):
                because = f"{each.name} {each.version} is for Python {each.python}"
                self._miss(lines, Answer.NO, f"{because}, not {self._platform.python}", key)
                return True
            for need in each.needs:
                if not self._platform.environment.holds(need.marker, extras):
                    continue
                if need.url is not None:
                    self._miss(lines, Answer.UNKNOWN, f"{each.name} needs {need.name}, which no index has", key)
                    return True
                changed |= self._add(need, lines)
        return changed

    def _blame(self, refusal: Refusal) -> None:
        assert refusal.culprit is not None
        key = canonicalize_name(refusal.culprit.name)
        plain = str(refusal.culprit)
        guilty = [plain] if plain in self._wanted else [text for text, each in self._wanted.items() if each.key == key]
        lines = {line for text in guilty for line in self._wanted[text].lines}
        if not lines:
            self._miss(self._lines(), Answer.UNKNOWN, f"pip speaks of {key}, which was not asked for")
            return
        self._miss(lines, *judged(refusal, self._platform), key)

    def _apart(self, conflict: str) -> tuple[Installed, ...]:
        """Each line by itself, where the newest versions of what all of them need exclude each other."""
        lines = sorted(self._lines())
        if len(lines) == 1:
            self._miss(set(lines), Answer.UNKNOWN, f"what it needs excludes each other: {conflict}")
            return ()
        self._notes.append(f"the newest versions that are allowed exclude each other: {conflict}")
        found: dict[NormalizedName, Installed] = {}
        for line in lines:
            alone = Question(self._resolving, self._platform)
            alone._want(line)
            for each in alone._ask():
                found.setdefault(each.key, each)
            self._missing |= alone._missing
        return tuple(found.values())

    def _needed(self, found: Sequence[Installed]) -> tuple[Installed, ...]:
        """Without what only versions needed that were given up on the way."""
        by_name = {each.key: each for each in found}
        queue = [(each.key, self._extras(each.key)) for each in self._wanted.values() if self._is_direct(each)]
        reached: set[tuple[NormalizedName, tuple[str, ...]]] = set()
        while queue:
            key, extras = queue.pop()
            if (key, extras) in reached or key not in by_name:
                continue
            reached.add((key, extras))
            queue += [
                (canonicalize_name(need.name), tuple(sorted(need.extras)))
                for need in by_name[key].needs
                if self._platform.environment.holds(need.marker, extras)
            ]
        names = {name for name, _ in reached}
        return tuple(each for each in found if each.key in names)

    def _is_direct(self, wanted: _Wanted) -> bool:
        return any(canonicalize_name(Requirement(line).name) == wanted.key for line in wanted.lines)

    def _extras(self, key: NormalizedName) -> tuple[str, ...]:
        return tuple(
            sorted({extra for each in self._wanted.values() if each.key == key for extra in each.requirement.extras})
        )

    def _lines(self, key: NormalizedName | None = None) -> set[str]:
        """The lines because of which a distribution is wanted, or all that are left."""
        return {line for each in self._wanted.values() if key is None or each.key == key for line in each.lines}

    def _miss(self, lines: set[str], answer: Answer, reason: str, key: NormalizedName | None = None) -> None:
        """Give up on lines: nothing is wanted because of them any more.

        Args:
            key: the distribution that is to blame, told where a line does not name it itself.
        """
        for line in lines:
            name = "" if key is None else Requirement(line).name
            needs = f"{name} needs {key}: " if name and canonicalize_name(name) != key else ""
            self._missing[line] = MissingWheel(line, answer, f"{needs}{reason}")
        for text, wanted in list(self._wanted.items()):
            wanted.lines -= lines
            if not wanted.lines:
                del self._wanted[text]
