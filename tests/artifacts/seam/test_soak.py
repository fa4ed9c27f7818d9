"""The seam under load, at a size for every run; `make soak-seam` has the full one."""

from __future__ import annotations

from pathlib import Path

from tests.support.seam_soak import change_weights, fire_schedules, put_module

LOOK_S = 0.1
# What a machine with other things to do may add: to switch to a thread, and to get through a look.
MARGIN_S = 1.5


def test_every_thread_of_every_process_follows_the_weights(tmp_path: Path) -> None:
    put_module(tmp_path)
    found = change_weights(tmp_path, changes=150, pause_s=0.015, look_s=LOOK_S)
    assert not found.errors
    assert found.processes == 5
    assert found.decisions > 200
    assert max(found.agreed_s) <= LOOK_S + MARGIN_S
    assert found.late_s <= LOOK_S + MARGIN_S


def test_what_two_schedulers_fire_is_run_once(tmp_path: Path) -> None:
    put_module(tmp_path)
    found = fire_schedules(tmp_path, instants=120)
    assert not found.errors
    assert found.runs == {1: 120}
    assert 0 < found.canary < 120
