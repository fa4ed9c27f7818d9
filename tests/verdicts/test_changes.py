"""What has changed since a baseline: nothing is cried that did not change, and nothing worse is missed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.reports import Baseline, Change, ChangeKind, Totals
from migrator.domain.triggers import TriggerKind
from migrator.verdicts.baselines import baseline_of, continued, for_root, summed, totals_of
from migrator.verdicts.changes import LOSSES, WORST_FIRST, changes_between, failing
from migrator.verdicts.policy import BLOCKERS, verdict_of
from tests.support.reported import NAMES, UNHURRIED, analyses, analysis, assessment, found

AT = "2026-11-26T12:00:00Z"


def changed(before: Analysis, now: Analysis) -> tuple[Change, ...]:
    return changes_between(baseline_of(before, AT, ""), now)


def told(before: Analysis, now: Analysis) -> list[tuple[str, str, str, str]]:
    return [(change.kind.value, change.candidate, change.was, change.now) for change in changed(before, now)]


def moved(item: Assessment, name: str, path: str, lines: int = 0) -> Assessment:
    """The same function elsewhere: everything within its file has gone with it."""

    def place(location: Location) -> Location:
        return replace(location, path=path, line=location.line + lines, end_line=location.end_line + lines)

    return replace(
        item,
        name=name,
        location=place(item.location),
        triggers=tuple(replace(trigger, location=place(trigger.location)) for trigger in item.triggers),
    )


@UNHURRIED
@given(analyses())
def test_nothing_has_changed_against_itself(same: Analysis) -> None:
    assert changed(same, same) == ()


@UNHURRIED
@given(analyses(), st.integers(1, 500), st.randoms())
def test_lines_ranks_and_order_are_no_change(before: Analysis, lines: int, order: st.DataObject) -> None:
    items = [moved(item, item.name, item.location.path, lines) for item in before.candidates]
    order.shuffle(items)  # type: ignore[attr-defined]
    assert changed(before, analysis(*items)) == ()


@UNHURRIED
@given(analyses(), st.sampled_from(["shop.other", "elsewhere"]))
def test_a_file_moved_is_told_and_is_no_loss(before: Analysis, module: str) -> None:
    """All candidates of one file get another file, and names after it."""
    if not before.candidates:
        return
    path = before.candidates[0].location.path
    old = path.removesuffix(".py").replace("/", ".")
    items = [
        moved(item, item.name.replace(old, module, 1), f"{module.replace('.', '/')}.py")
        if item.location.path == path
        else item
        for item in before.candidates
    ]
    assert {change.kind for change in changed(before, analysis(*items))} == {ChangeKind.RENAMED}


@UNHURRIED
@given(analyses(), st.integers(0, 7), st.sampled_from(list(Effect)))
def test_an_effect_more_is_always_told(before: Analysis, which: int, effect: Effect) -> None:
    if not before.candidates:
        return
    item = before.candidates[which % len(before.candidates)]
    if effect in item.effect_names:
        return
    effects = tuple(
        found(each, "shop/deep.py", 3, item.name) for each in Effect if each in {*item.effect_names, effect}
    )
    worse = replace(item, effects=effects, verdict=verdict_of({*item.effect_names, effect}))
    items = [worse if each is item else each for each in before.candidates]
    kind = ChangeKind.NEW_BLOCKER if effect in BLOCKERS else ChangeKind.NEW_EFFECT
    changes = changed(before, analysis(*items))
    assert (kind, item.name, effect.value) in {(change.kind, change.candidate, change.now) for change in changes}
    assert failing(changes, LOSSES)


@UNHURRIED
@given(analyses(), analyses())
def test_no_blocker_comes_without_a_word(before: Analysis, now: Analysis) -> None:
    """Whatever is taken for renamed: of each blocker, at least as many more candidates are told as there are."""
    had = Counter(effect for item in before.candidates for effect in item.effect_names & BLOCKERS)
    has = Counter(effect for item in now.candidates for effect in item.effect_names & BLOCKERS)
    new = Counter(change.now for change in changed(before, now) if change.kind is ChangeKind.NEW_BLOCKER)
    assert all(new[effect.value] >= has[effect] - had[effect] for effect in BLOCKERS)


@UNHURRIED
@given(analyses(), analyses())
def test_as_many_come_and_go_as_the_numbers_say(before: Analysis, now: Analysis) -> None:
    kinds = Counter(change.kind for change in changed(before, now))
    more = len(now.candidates) - len(before.candidates)
    assert kinds[ChangeKind.NEW_CANDIDATE] - kinds[ChangeKind.GONE] == more


@UNHURRIED
@given(analyses(), analyses())
def test_the_worst_comes_first(before: Analysis, now: Analysis) -> None:
    places = [WORST_FIRST.index(change.kind) for change in changed(before, now)]
    assert places == sorted(places)


@given(NAMES)
def test_back_is_the_opposite(name: str) -> None:
    well, ill = analysis(assessment(name)), analysis(assessment(name, Effect.DATABASE, confidence=Confidence.LIKELY))
    assert [kind for kind, *_ in told(well, ill)] == ["worse-verdict", "less-confident", "new-effect"]
    assert [kind for kind, *_ in told(ill, well)] == ["lost-effect", "better-verdict", "more-confident"]


def test_a_new_candidate_brings_its_blockers() -> None:
    new = assessment("shop.cart.add", Effect.PROCESS_STATE_WRITE, Effect.DATABASE)
    assert told(analysis(), analysis(new)) == [
        ("new-blocker", "shop.cart.add", "", "process-state-write"),
        ("new-candidate", "shop.cart.add", "", "refactor"),
    ]
    assert told(analysis(new), analysis()) == [("gone", "shop.cart.add", "refactor", "")]
    assert changed(analysis(new), analysis())[0].path == "shop/cart.py"


def test_without_a_baseline_everything_is_new() -> None:
    (change,) = changes_between(None, analysis(assessment("shop.web.index")))
    assert change.kind is ChangeKind.NEW_CANDIDATE


STATE = Effect.PROCESS_STATE_WRITE


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # A route keeps its path while its function is moved, renamed and made worse.
        (
            assessment("shop.web.index", STATE, event="/"),
            assessment("shop.pages.home", STATE, Effect.BACKGROUND, event="/"),
            ["new-blocker", "renamed"],
        ),
        # A task takes its wire name from its module.
        (
            assessment("shop.jobs.send", STATE, kind=TriggerKind.QUEUE, event="shop.jobs.send"),
            assessment("shop.mail.send", STATE, kind=TriggerKind.QUEUE, event="shop.mail.send"),
            ["renamed"],
        ),
        # The same in one file, under another name.
        (
            assessment("shop.jobs.send", STATE, kind=TriggerKind.QUEUE, event="shop.jobs.send"),
            assessment("shop.jobs.send_letter", STATE, kind=TriggerKind.QUEUE, event="shop.jobs.send_letter"),
            ["renamed"],
        ),
        # Not sure: other file, other name, other event.
        (
            assessment("shop.jobs.send", STATE, kind=TriggerKind.QUEUE, event="shop.jobs.send"),
            assessment("shop.mail.post", STATE, kind=TriggerKind.QUEUE, event="shop.mail.post"),
            ["new-blocker", "new-candidate", "gone"],
        ),
        # Not sure: moved, and another effect.
        (
            assessment("shop.jobs.send", kind=TriggerKind.QUEUE, event="shop.jobs.send"),
            assessment("shop.mail.send", STATE, kind=TriggerKind.QUEUE, event="shop.mail.send"),
            ["new-blocker", "new-candidate", "gone"],
        ),
        # One receiver of a signal is not another one.
        (
            assessment("shop.a.one", STATE, kind=TriggerKind.SIGNAL, event="saved"),
            assessment("shop.b.two", STATE, kind=TriggerKind.SIGNAL, event="saved"),
            ["new-blocker", "new-candidate", "gone"],
        ),
    ],
)
def test_what_is_taken_for_renamed(before: Assessment, now: Assessment, expected: list[str]) -> None:
    assert [kind for kind, *_ in told(analysis(before), analysis(now))] == expected


def test_a_copy_is_a_new_candidate() -> None:
    one = assessment("shop.a.send", STATE, kind=TriggerKind.QUEUE, event="shop.a.send")
    copies = [
        assessment(f"shop.{module}.send", STATE, kind=TriggerKind.QUEUE, event=f"shop.{module}.send")
        for module in ("b", "c")
    ]
    assert [kind for kind, *_ in told(analysis(one), analysis(*copies))] == ["new-blocker", "new-candidate", "renamed"]


def test_two_that_answer_alike_are_not_taken_for_one_another() -> None:
    old = [assessment(f"shop.a.{name}", event="/same") for name in ("one", "two")]
    new = [assessment(f"shop.b.{name}", STATE, event="/same") for name in ("three", "four")]
    kinds = Counter(kind for kind, *_ in told(analysis(*old), analysis(*new)))
    assert kinds == {"new-blocker": 2, "new-candidate": 2, "gone": 2}


def test_of_two_of_one_name_the_one_that_stays_is_the_same() -> None:
    """Two files of one dotted name, one of which is deleted."""
    plain, blocked = assessment("a.f", path="lib/a.py"), assessment("a.f", STATE, path="src/a.py")
    assert [kind for kind, *_ in told(analysis(plain, blocked), analysis(blocked))] == ["gone"]


def test_of_two_that_move_each_keeps_its_effects() -> None:
    before = [assessment("a.x.index", STATE, event="/"), assessment("a.y.index", event="/")]
    now = [assessment("b.x.index", event="/"), assessment("b.y.index", STATE, event="/")]
    assert {kind for kind, *_ in told(analysis(*before), analysis(*now))} == {"renamed"}


def test_the_history_goes_on_by_an_entry_a_state() -> None:
    first = baseline_of(analysis(assessment("a.b")), "2026-01-01T00:00:00Z", "c1", root="shop")
    again = baseline_of(analysis(assessment("a.b")), "2026-01-02T00:00:00Z", "c1", first, root="other")
    assert again == first
    next_ = baseline_of(analysis(assessment("a.b")), "2026-01-03T00:00:00Z", "c2", again)
    assert [totals.commit for totals in next_.history] == ["c1", "c2"]
    more = baseline_of(analysis(assessment("a.b"), assessment("a.c")), "2026-01-03T00:00:00Z", "c2", next_)
    assert [totals.candidates for totals in more.history] == [1, 1, 2]
    assert [known.name for known in more.candidates] == ["a.b", "a.c"]
    assert more.root == "shop"


def test_lines_of_candidates_count_once() -> None:
    one = assessment("a.b.f", line=10)  # lines 10 to 15
    inner = assessment("a.b.g", line=12)
    totals = totals_of(analysis(one, inner), AT, "c")
    assert totals.candidate_lines == 8
    assert totals.verdicts == {Verdict.KEEP: 0, Verdict.REFACTOR: 0, Verdict.WITH_NETWORK: 0, Verdict.READY: 2}


def test_histories_add_up_to_what_was_last_known_of_each() -> None:
    def at(hour: str, candidates: int) -> Totals:
        return Totals(f"2026-01-0{hour}T00:00:00Z", "c", 1, 10, candidates, {Verdict.READY: candidates}, 5)

    both = summed([[at("1", 4), at("3", 3)], [at("2", 10), at("3", 9)]])
    assert [(totals.at[9], totals.candidates, totals.verdicts[Verdict.READY]) for totals in both] == [
        ("1", 4, 4),
        ("2", 14, 14),
        ("3", 12, 12),
    ]
    assert {totals.commit for totals in both} == {""}
    assert summed([[at("1", 4)], []]) == (at("1", 4),)
    assert continued(both, both[-1]) == both


def test_a_repository_finds_its_baseline() -> None:
    shop, mail = Baseline("a/app", ()), Baseline("b/app", ())
    assert for_root([shop, mail], "/x/b/app", only=False) is mail
    assert for_root([shop, mail], "/x/c/app", only=True) is None
    assert for_root([shop, Baseline("app", ())], "/x/a/app", only=False) is shop
    assert for_root([shop], "/x/checkout", only=True) is shop
    assert for_root([shop], "/x/checkout", only=False) is None
    assert for_root([shop, shop], "/x/a/app", only=False) is None
