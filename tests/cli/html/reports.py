"""Reports made by hand, small enough to know everything about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from migrator.domain.assessments import (
    Advice,
    Analysis,
    Assessment,
    Confidence,
    Finding,
    FindingKind,
    Hazard,
    HazardKind,
    Reach,
    Skipped,
    Unresolved,
    Verdict,
)
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.overrides import Override, OverrideKind
from migrator.domain.reports import Change, ChangeKind, Report, Totals, Unanalyzed
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.domain.usage import Usage

FILE = "shop/mail.py"
LINES = (
    "import smtplib",
    "",
    "def send(order):",
    "    name = order.name",
    '    smtp.login("shop", password="hunter2")',
    "    smtp.send(name)",
)


@dataclass(frozen=True)
class Files:
    """Files by path, the same in every repository."""

    files: Mapping[str, Sequence[str]] = field(default_factory=lambda: {FILE: LINES})

    def lines(self, root: str, path: str) -> Sequence[str]:
        return self.files.get(path, ())

    def sizes(self, root: str) -> Mapping[str, int]:
        return {path: len(lines) for path, lines in self.files.items()}


def candidate(
    name: str,
    *,
    rank: int = 1,
    path: str = FILE,
    verdict: Verdict = Verdict.READY,
    confidence: Confidence = Confidence.PROVEN,
    effects: Sequence[Effect] = (Effect.EMAIL,),
    kind: TriggerKind = TriggerKind.QUEUE,
    usage: Usage | None = None,
) -> Assessment:
    """A candidate with something of everything."""
    at = Location(path, 3, 6)
    line = Location(path, 6, column=5)
    return Assessment(
        name=name,
        location=at,
        triggers=(Trigger(kind, "celery", at, {"task": name}),),
        effects=tuple(
            EffectFinding(
                effect,
                (
                    Evidence(
                        line, "smtplib.SMTP.send sends a message", (name, "shop.mail.helper", "shop.smtp.post"), True
                    ),
                    Evidence(at, "another reason", (name,)),
                ),
            )
            for effect in effects
        ),
        hazards=(Hazard(HazardKind.DOUBLE_RUN, line, "a second run sends again"),),
        unresolved=(
            Unresolved(line, "thing.go", "its type is not known"),
            Unresolved(at, "other.go", "its type is not known", "no method of that name does more"),
        ),
        verdict=verdict,
        confidence=confidence,
        rank=rank,
        score=round(1 - rank / 100, 3),
        advice=(Advice("Make a second run harmless", "Keep a key.", line),),
        overrides=(Override(OverrideKind.ALLOW, Effect.CACHE, name, line, "the cache is shared"),),
        reach=Reach(3, 40, {"smtplib": 2}),
        usage=usage,
    )


def analysis(*candidates: Assessment, root: str = "shop") -> Analysis:
    """A repository with these, and one file that could not be read."""
    return Analysis(
        root,
        12,
        3_456,
        0.5,
        (Skipped("shop/broken.py", 7, "is no Python"),),
        candidates,
        (Finding(FindingKind.OVERRIDE, Location("shop/odd.py", 2), "there is no such effect"),),
    )


def whole() -> Report:
    """A report with every section that a page can have, of two repositories."""
    usage = Usage(100, 50.5, 12.0, 80.0, 2_048, 0.01, ("combined",))
    here = analysis(
        candidate("shop.mail.send", usage=usage),
        candidate("shop.mail.keep", rank=2, verdict=Verdict.KEEP, effects=(Effect.UNBOUNDED, Effect.DATABASE)),
        root="one/shop",
    )
    there = analysis(
        candidate("till.pay", verdict=Verdict.REFACTOR, effects=(Effect.PROCESS_STATE_READ,), path="till/pay.py"),
        root="two/till",
    )
    changes = (
        Change(ChangeKind.NEW_BLOCKER, "one/shop", "shop.mail.keep", "", "unbounded", here.candidates[1]),
        Change(ChangeKind.GONE, "two/till", "till.gone", "ready", ""),
    )
    totals = Totals("2026-01-01T00:00:00Z", "0123456789abcdef", 12, 4_000, 4, {Verdict.READY: 1, Verdict.KEEP: 3}, 900)
    later = replace(totals, at="2026-02-01T00:00:00Z", lines=3_456, candidates=3, verdicts={Verdict.READY: 3})
    return Report((here, there), changes, (totals, later), (Unanalyzed("three", "there is no such folder"),))
