"""The places that a report speaks of: each once, known again when lines move, and not taken for one another."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Analysis, Assessment, Finding, FindingKind, Hazard, HazardKind
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.verdicts.places import kept_files, places_of
from tests.support.reported import UNHURRIED, analyses, analysis, assessment


def with_evidence(name: str, effect: Effect, *evidence: Evidence) -> Assessment:
    return replace(assessment(name, effect), effects=(EffectFinding(effect, evidence),))


def down(item: Assessment, lines: int) -> Assessment:
    """The same with lines inserted above everything."""

    def place(location: Location) -> Location:
        return replace(location, line=location.line + lines, end_line=location.end_line + lines)

    effects = tuple(
        replace(each, evidence=tuple(replace(one, location=place(one.location)) for one in each.evidence))
        for each in item.effects
    )
    return replace(item, location=place(item.location), effects=effects)


@UNHURRIED
@given(analyses(), st.integers(1, 300))
def test_lines_inserted_above_change_no_place(before: Analysis, lines: int) -> None:
    after = replace(before, candidates=tuple(down(item, lines) for item in before.candidates))
    assert kept_files(places_of(before)) == kept_files(places_of(after))


def test_a_place_that_several_reach_is_one() -> None:
    deep = Evidence(Location("shop/deep.py", 9), "it writes shop.deep.CART", ("shop.a.f", "shop.deep.put"))
    one = with_evidence("shop.a.f", Effect.PROCESS_STATE_WRITE, deep)
    two = with_evidence("shop.b.g", Effect.PROCESS_STATE_WRITE, replace(deep, chain=("shop.b.g", "shop.deep.put")))
    three = assessment("shop.c.h", Effect.DATABASE)
    found = places_of(analysis(three, one, two))
    assert [(place.rule, len(place.reached), place.blocks) for place in found] == [
        (Effect.PROCESS_STATE_WRITE, 2, True),
        (Effect.DATABASE, 1, False),
    ]
    assert [each.candidate.name for each in found[0].reached] == ["shop.a.f", "shop.b.g"]


def test_equal_lines_of_one_function_are_told_apart() -> None:
    twice = [Evidence(Location("a.py", line), "time.sleep waits", ("a.f", "a.wait")) for line in (4, 9)]
    elsewhere = Evidence(Location("a.py", 20), "time.sleep waits", ("a.f", "a.other"))
    found = places_of(analysis(with_evidence("a.f", Effect.UNBOUNDED, *twice, elsewhere)))
    assert len({place.fingerprint for place in found}) == 3
    once = places_of(analysis(with_evidence("a.f", Effect.UNBOUNDED, twice[0])))
    assert once[0].kept in {place.kept for place in found}


def test_a_hazard_is_the_same_whoever_else_has_a_part_in_it() -> None:
    def told(number: int) -> Assessment:
        reason = f"writes shop.Order, which is written by {number} other candidates (shop.b.g and {number} more) too"
        return assessment("a.f", hazards=[Hazard(HazardKind.SHARED_TABLE, Location("a.py", 3), reason)])

    assert kept_files(places_of(analysis(told(3)))) == kept_files(places_of(analysis(told(4))))


def test_findings_come_last_and_have_no_candidates() -> None:
    finding = Finding(FindingKind.OVERRIDE, Location("a.py", 1), "allows what is not there")
    hazard = Hazard(HazardKind.ORDERING, Location("a.py", 3), "relies on it")
    found = places_of(replace(analysis(assessment("a.f", Effect.EMAIL, hazards=[hazard])), findings=(finding,)))
    assert [place.rule for place in found] == [Effect.EMAIL, HazardKind.ORDERING, FindingKind.OVERRIDE]
    assert found[-1].reached == ()
    assert [(file.path, len(file.places)) for file in kept_files(found)] == [("a.py", 3)]
