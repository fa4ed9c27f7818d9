"""What the analyzer says of the sample shop is what `expected.json` states, candidate by candidate."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator import bootstrap
from migrator.domain.assessments import Analysis
from migrator.resources import sample_root
from tests.support.sample_expectations import EXPECTED


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return bootstrap.analyze(sample_root(), jobs=1)


def test_every_expected_candidate_is_found_and_no_other(analysis: Analysis) -> None:
    assert sorted(item.name for item in analysis.candidates) == sorted(EXPECTED)


def test_everything_was_read(analysis: Analysis) -> None:
    assert analysis.skipped == ()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_candidate(name: str, analysis: Analysis) -> None:
    found = {item.name: item for item in analysis.candidates}[name]
    said = {
        "triggers": sorted({str(trigger.kind) for trigger in found.triggers}),
        "effects": sorted(found.effect_names),
        "verdict": str(found.verdict),
    }
    stated = EXPECTED[name]
    assert said == {
        "triggers": sorted(stated["triggers"]),
        "effects": sorted(stated["effects"]),
        "verdict": stated["verdict"],
    }


def test_each_effect_has_evidence_in_the_sources(analysis: Analysis) -> None:
    root = Path(sample_root())
    for item in analysis.candidates:
        for finding in item.effects:
            assert finding.evidence, f"{item.name}: {finding.effect} without evidence"
            for evidence in finding.evidence:
                lines = (root / evidence.location.path).read_text(encoding="utf-8").splitlines()
                assert 1 <= evidence.location.line <= len(lines)
                assert evidence.reason
                assert evidence.chain[0] == item.name


def test_the_result_does_not_depend_on_the_run() -> None:
    first, second = (bootstrap.analyze(sample_root(), jobs=jobs).candidates for jobs in (1, 2))
    assert first == second


def test_paths_are_whole(analysis: Analysis) -> None:
    """A blueprint's prefix belongs to the path, whether the blueprint itself or its registration says it."""
    paths = {
        item.name: {str(trigger.detail["path"]) for trigger in item.triggers if "path" in trigger.detail}
        for item in analysis.candidates
    }
    assert all(path.startswith("/api/tax") for path in paths["shop.api.tax.quote"])
    assert all(path.startswith("/cart") for path in paths["shop.web.cart.show"])
