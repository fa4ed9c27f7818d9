"""How right an analysis is, measured against functions that people have read and labeled.

In: a `migrator.analysis/1` document, labels, and the mechanically listed registrations of one monolith. Out: a
`Score`: raw counts (which add up over monoliths), the shares that follow from them, and what was missed. Where the
files come from and what the figures must reach is left to `monoliths` and `table`.

Names are compared whole, without `<locals>.`. An entry that names a class matches the class or its methods, and the
other way round; a label matches its function, or a candidate that is its class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import comb
from typing import Any

BLOCKED = frozenset({"keep", "refactor"})
OPEN = frozenset({"ready", "with-network"})
_DECIMALS = 4
_ERROR = 0.05  # one-sided
_HALVINGS = 60  # bisection steps: far below the precision that is shown


@dataclass(frozen=True, slots=True)
class Label:
    """A function that was read by eye."""

    name: str
    effects: frozenset[str]
    verdict: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the analysis says of one function, as far as it is scored."""

    kinds: frozenset[str]
    effects: frozenset[str]
    verdict: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that is counted; the sum of two is the score of both monoliths together.

    Attributes:
        labels: labeled functions; `found` of them are candidates; `blocked` are labeled keep or refactor.
        entries: listed registrations; `entries_found` of them are candidates, `entries_right` with the listed kind.
        candidates: all of the analysis; `listed` of them stand among the entries.
        kinds: trigger kinds of the listed candidates; `kinds_listed` of them are listed for them.
        hit: (function, effect) pairs that label and analysis agree on; `miss` only labeled, `extra` only reported.
        right: labels whose verdict is the analysis's.
        unsafe: blocked labels that are judged ready or with-network; `unsafe_proven` of them with that confidence.
        unsafe_unknown: blocked labels that are no candidate at all.
        ready: candidates judged ready; `ready_proven` of them with that confidence.
    """

    labels: int = 0
    found: int = 0
    blocked: int = 0
    entries: int = 0
    entries_found: int = 0
    entries_right: int = 0
    candidates: int = 0
    listed: int = 0
    kinds: int = 0
    kinds_listed: int = 0
    hit: int = 0
    miss: int = 0
    extra: int = 0
    right: int = 0
    unsafe: int = 0
    unsafe_proven: int = 0
    unsafe_unknown: int = 0
    ready: int = 0
    ready_proven: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def figures(self) -> dict[str, float]:
        """The shares, 0 to 1, and the counts that must be 0."""
        return {
            "entry recall": _share(self.entries_found, self.entries),
            "entry precision": _share(self.listed, self.candidates),
            "trigger accuracy": _share(self.entries_right, self.entries_found),
            "trigger precision": _share(self.kinds_listed, self.kinds),
            "effect precision": _share(self.hit, self.hit + self.extra),
            "effect recall": _share(self.hit, self.hit + self.miss),
            "verdict accuracy": _share(self.right, self.labels),
            "unsafe + unsafe_unknown": self.unsafe + self.unsafe_unknown,
            "unsafe_proven": self.unsafe_proven,
        }

    @property
    def unsafe_upper(self) -> float:
        """The rate of unsafe ones among the blocked labels is below this, with 95 % confidence."""
        return round(upper_bound(self.unsafe + self.unsafe_unknown, self.blocked), _DECIMALS)


@dataclass(slots=True)
class Score:
    """Counts, and behind them what to look at.

    Attributes:
        effects: (effect, `hit` | `miss` | `extra`) to how often.
        confidences: (verdict, confidence) to the number of candidates.
        wrong: a line for each label with another verdict.
        unsafe: names.
        missing: entries that are no candidate; unlisted: candidates that are no entry.
    """

    counts: Counts
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    confidences: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)


def candidates_of(document: Mapping[str, Any]) -> dict[str, Candidate]:
    """The candidates of a document by plain name; of two with one name the first counts."""
    found: dict[str, Candidate] = {}
    for item in document["candidates"]:
        candidate = Candidate(
            frozenset(trigger["kind"] for trigger in item["triggers"]),
            frozenset(finding["effect"] for finding in item["effects"]),
            item["verdict"],
            item["confidence"],
        )
        found.setdefault(plain(item["name"]), candidate)
    return found


def score(candidates: Mapping[str, Candidate], labels: Iterable[Label], entries: Mapping[str, frozenset[str]]) -> Score:
    """The score of one monolith.

    Args:
        candidates: by plain name.
        labels: with plain names.
        entries: plain name to the listed trigger kinds.
    """
    result = Score(Counts())
    result.counts = _of_entries(candidates, entries, result) + _of_labels(candidates, labels, result)
    result.confidences.update((item.verdict, item.confidence) for item in candidates.values())
    return result


def plain(name: str) -> str:
    """A qualified name without the marks of nesting."""
    return name.replace("<locals>.", "")


def upper_bound(bad: int, total: int) -> float:
    """Upper end of the one-sided 95 % Clopper-Pearson interval, by bisection on the binomial tail."""
    if not total or bad >= total:
        return 1.0
    low, high = bad / total, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tail = sum(comb(total, hits) * middle**hits * (1 - middle) ** (total - hits) for hits in range(bad + 1))
        low, high = (middle, high) if tail > _ERROR else (low, middle)
    return high


class _Names:
    """Names, and for a class the names one level below it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._members: dict[str, list[str]] = {}
        for name in names:
            self._members.setdefault(name.rpartition(".")[0], []).append(name)

    def matching(self, name: str) -> list[str]:
        """The name itself, or its class, or its methods."""
        owner = name.rpartition(".")[0]
        for found in (name, owner):
            if found in self._names:
                return [found]
        return self._members.get(name, [])


def _of_entries(candidates: Mapping[str, Candidate], entries: Mapping[str, frozenset[str]], into: Score) -> Counts:
    known, wanted = _Names(candidates), _Names(entries)
    matched = right = listed = kinds = kinds_listed = 0
    for name, entry_kinds in entries.items():
        found = known.matching(name)
        if not found:
            into.missing.append(name)
            continue
        matched += 1
        right += any(entry_kinds & candidates[each].kinds for each in found)
    for name, candidate in candidates.items():
        found = wanted.matching(name)
        if not found:
            into.unlisted.append(name)
            continue
        listed += 1
        kinds += len(candidate.kinds)
        kinds_listed += len(candidate.kinds & frozenset().union(*(entries[each] for each in found)))
    ready = [item for item in candidates.values() if item.verdict == "ready"]
    return Counts(
        entries=len(entries),
        entries_found=matched,
        entries_right=right,
        candidates=len(candidates),
        listed=listed,
        kinds=kinds,
        kinds_listed=kinds_listed,
        ready=len(ready),
        ready_proven=sum(item.confidence == "proven" for item in ready),
    )


def _of_labels(candidates: Mapping[str, Candidate], labels: Iterable[Label], into: Score) -> Counts:
    total = Counts()
    for label in labels:
        candidate = candidates.get(label.name) or candidates.get(label.name.rpartition(".")[0])
        got = candidate.effects if candidate is not None else frozenset()
        verdict = candidate.verdict if candidate is not None else "not found"
        hit, miss, extra = label.effects & got, label.effects - got, got - label.effects
        for kind, names in (("hit", hit), ("miss", miss), ("extra", extra)):
            into.effects.update((name, kind) for name in names)
        blocked = label.verdict in BLOCKED
        unsafe = blocked and verdict in OPEN
        unknown = blocked and candidate is None
        if unsafe or unknown:
            into.unsafe.append(f"{label.name} ({verdict})")
        if verdict != label.verdict:
            into.wrong.append(
                f"{label.name}: labeled {label.verdict}, judged {verdict}; "
                f"missed {_listed(miss)}; extra {_listed(extra)}"
            )
        total += Counts(
            labels=1,
            found=candidate is not None,
            blocked=blocked,
            hit=len(hit),
            miss=len(miss),
            extra=len(extra),
            right=verdict == label.verdict,
            unsafe=unsafe,
            unsafe_proven=unsafe and candidate is not None and candidate.confidence == "proven",
            unsafe_unknown=unknown,
        )
    return total


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _share(part: int, whole: int) -> float:
    return round(part / max(1, whole), _DECIMALS)
