"""What several repositories share is told with who has it; what only one has is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.bootstrap.fleets import analyze_fleet
from migrator.documents.fleet import CODEC
from migrator.domain.assessments import Verdict
from migrator.domain.effects import Effect
from migrator.domain.fleets import Fleet
from migrator.verdicts.across import fleet_of
from tests.support.fleet_world import LOOP, PLAIN, SHARED, repositories


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    folder = tmp_path_factory.mktemp("fleet")
    roots = repositories(folder, {"orders": SHARED, "loops": LOOP, "users": SHARED, "plain": PLAIN})
    found = fleet_of(analyze_fleet([*roots, folder / "gone"], jobs=1))
    assert [one.root for one in found.failed] == [str(folder / "gone")]
    return found


def _short(roots: tuple[str, ...]) -> list[str]:
    return [Path(root).name for root in roots]


def test_sums(fleet: Fleet) -> None:
    sums = fleet.sums
    assert (sums.repositories, sums.files, sums.candidates, sums.skipped) == (4, 4, 6, 0)
    assert sums.lines == sum(text.count("\n") for text in (SHARED, LOOP, SHARED, PLAIN))
    assert sums.verdicts == {Verdict.KEEP: 0, Verdict.REFACTOR: 3, Verdict.WITH_NETWORK: 0, Verdict.READY: 3}


def test_a_cause_is_counted_over_repositories_with_those_that_nothing_else_blocks(fleet: Fleet) -> None:
    (cause,) = fleet.causes  # what blocks `slow` alone is a matter of its own repository
    assert cause.effect is Effect.REQUEST_CONTEXT
    assert cause.reason.startswith("flask.g ")
    assert _short(cause.repositories) == ["orders", "loops", "users"]
    assert (cause.candidates, cause.frees) == (3, 2)
    assert "argument" in cause.mend


def test_a_library_that_nobody_described_stands_before_those_that_are_known(fleet: Fleet) -> None:
    found = {library.name: (_short(library.repositories), library.candidates, library.unknown) for library in fleet.libraries}  # fmt: skip
    assert next(iter(found)) == "acme_common"
    assert found["acme_common"] == (["orders", "users"], 2, 2)
    assert found["yaml"] == (["orders", "users", "plain"], 3, 0)
    assert "json" not in found, "it is Python's own"
    assert "requests" not in found, "only one repository calls it"


def test_the_document_says_it_all(fleet: Fleet) -> None:
    assert CODEC.load_text(CODEC.dump_text(fleet)) == fleet
