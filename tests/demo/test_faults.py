"""The demo's bugs are planted into a copy, exactly where they belong, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.demo.faults import RAISES, WRONG_AMOUNTS, Fault, plant
from migrator.errors import InputError
from migrator.resources import sample_root


def service_with(folder: Path, fault: Fault, text: str) -> Path:
    file = folder / fault.path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return folder


@pytest.mark.parametrize("fault", [RAISES, WRONG_AMOUNTS], ids=lambda fault: fault.name)
def test_each_fault_has_exactly_one_place_in_the_sample(fault: Fault) -> None:
    source = (sample_root() / Path(fault.path).relative_to("src")).read_text()
    assert source.count(fault.before) == 1


def test_only_the_copy_is_edited(tmp_path: Path) -> None:
    service = service_with(tmp_path / "service", WRONG_AMOUNTS, "quantize(x, rounding=ROUND_HALF_UP)\n")
    copy = plant(WRONG_AMOUNTS, service, tmp_path / "copy")
    assert (copy / WRONG_AMOUNTS.path).read_text() == 'quantize(x, rounding="ROUND_DOWN")\n'
    assert (service / WRONG_AMOUNTS.path).read_text() == "quantize(x, rounding=ROUND_HALF_UP)\n"


@pytest.mark.parametrize("text", ["", "rounding=ROUND_HALF_UP rounding=ROUND_HALF_UP"])
def test_a_fault_without_its_one_place_is_refused(tmp_path: Path, text: str) -> None:
    service = service_with(tmp_path / "service", WRONG_AMOUNTS, text)
    with pytest.raises(InputError, match="has no place to go"):
        plant(WRONG_AMOUNTS, service, tmp_path / "copy")
