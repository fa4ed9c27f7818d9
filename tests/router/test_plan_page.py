"""The page on plans shows files that are read, and templates as they are."""

from __future__ import annotations

import re
from pathlib import Path

from migrator.domain.gates import Gate, ReadingGate
from migrator.rollout.simulation.faults import KINDS, parse_fault
from migrator.router import parse_router
from migrator.router.models import GATES
from migrator.router.templates import TEMPLATES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "plan-a-rollout.md").read_text("utf-8")


def gates() -> list[Gate]:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 2
    return [gate for example in examples for entry in parse_router(example).entries for gate in entry.rollout.gates]


def test_its_files_are_read_and_show_every_gate() -> None:
    shown = {type(gate) for gate in gates()}
    assert len(shown) == 8
    assert len({gate.kind for gate in gates() if isinstance(gate, ReadingGate)}) == 4
    assert all(f"{{{kind}: " in PAGE for kind in GATES)


def test_its_templates_are_those_there_are() -> None:
    for name, template in TEMPLATES.items():
        (row,) = re.findall(rf"^\| `{name}` \| ([^|]*) \|", PAGE, re.MULTILINE)
        said = [float(weight) for weight in re.findall(r"\b([0-9]+)(?= %|, | and )", row.split(";")[0])]
        assert said == [step.weight for step in template.steps], name
        (kept,) = re.findall(r"kept ready for ([0-9]+)([dh])", row)
        assert int(kept[0]) * {"d": 86_400, "h": 3600}[kept[1]] == template.rollback_window_s


def test_its_faults_are_those_there_are() -> None:
    rows = PAGE.partition("| fault | value |")[2].partition("\n\n")[0]
    shown = {parse_fault(text).kind for text in re.findall(r"`([^`]+)`", rows)}
    assert shown == set(KINDS)
