"""`migrator rollout plan` and `migrator rollout simulate` as a user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from migrator.adapters.processes import free_port
from migrator.cli.commands.rollout import app
from migrator.documents import rollout_plan as plan_document
from migrator.documents import rollout_simulation as simulation_document
from migrator.errors import InputError, MigratorError, UsageError
from tests.support.rollout_shell import Shell, serving

ROUTER = """\
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:{admin}, listen: 127.0.0.1:{listen}}}
legacy: {{url: http://127.0.0.1:8000}}
routes:
  - name: tax
    match: {{http: {{path: /tax}}}}
    canary: {{lambda: f, url: http://127.0.0.1:9000}}
    weight: 0
    rollout:
      steps: [{{weight: 10, bake: 5m, undecided: go-on}}, {{weight: 50, bake: 5m}}, {{weight: 100, bake: 5m, approval: true}}]
      windows: [{{days: [mon, tue], from: "09:00", to: "17:00", zone: Europe/Berlin}}]
      freezes: [{{from: 2026-12-20, to: 2027-01-05, zone: Europe/Berlin, reason: year end}}]
      gates: [{{error_rate: {{worse_by: 1pp}}}}, {{latency: {{quantile: p95, ratio: 1.5}}}}, {{parity: {{different: 0}}}}]
"""
BEGIN = ("--begin", "2026-11-30T09:00")


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Result]:
    router = tmp_path / "router.yaml"
    router.write_text(ROUTER.format(admin=free_port(), listen=free_port()))

    def run(command: str, route: str = "tax", *flags: str) -> Result:
        return CliRunner().invoke(app, [command, route, "--router", str(router), *flags])

    return run


def refused(result: Result, kind: type[MigratorError], *said: str) -> None:
    assert isinstance(result.exception, kind), result.exception
    text = f"{result.exception} {result.exception.hint}"
    assert all(each in text for each in said), text


def test_a_plan_is_printed_with_what_its_gates_need(call: Callable[..., Result]) -> None:
    lines = call("plan", "tax", *BEGIN, "--requests-per-minute", "1000").stdout.splitlines()
    assert lines[:4] == [
        "rollout of tax",
        "traffic: 1,000 requests a minute, as given",
        "window: mon, tue, 09:00 to 17:00 Europe/Berlin",
        "freeze: 2026-12-19T23:00:00Z to 2027-01-05T23:00:00Z (year end)",
    ]
    text = "\n".join(lines)
    assert "1     10 %      5 m   100         2026-11-30T09:00:00Z" in text
    assert "goes on undecided" in text and "a person agrees first" in text
    assert "step 1, 10 %: its bake time is enough" in text
    assert "step 2, 50 %: bakes 5 m, and holds beyond that" in text
    assert "error_rate: finds errors 0.5 % -> 2.5 % within" in text and "shows a canary like legacy within" in text
    assert "parity: counts no requests" in text
    assert "what would hold less:" in text and "with worse_by: 2pp" in text


def test_a_plan_as_json_is_its_document(call: Callable[..., Result]) -> None:
    flags = ("--requests-per-minute", "1000", "--find-errors", "1pp", "--legacy-errors", "1%", "--json")
    seen = plan_document.CODEC.load(json.loads(call("plan", "tax", *BEGIN, *flags).stdout))
    first = seen.steps[0]
    assert seen.per_minute == 1000 and first.gates[0].fault == "errors 1 % -> 2 %"
    larger = json.loads(call("plan", "tax", *BEGIN, *flags[:2], "--json").stdout)
    assert first.gates[0].find is not None and first.gates[0].find.median is not None
    assert first.gates[0].find.median > 2 * larger["steps"][0]["gates"][0]["find"]["median"]


def test_recorded_traffic_is_taken_as_it_is(call: Callable[..., Result], tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    rows = [f"{second},legacy,{500 if second % 50 == 0 else 200},{20 + second % 30}" for second in range(3601)]
    calls.write_text("\n".join(["second,side,status,ms", *rows]))
    seen = json.loads(call("plan", "tax", *BEGIN, "--traffic", str(calls), "--json").stdout)
    assert seen["per_minute"] == pytest.approx(60, rel=0.01) and seen["traffic"] == f"recorded in {calls}"
    assert seen["steps"][0]["gates"][0]["fault"].startswith("errors 2.03 % -> ")
    calls.write_text("second,side,status,ms\n1,legacy,200,x\n")
    refused(call("plan", "tax", "--traffic", str(calls)), InputError, f"{calls}:2: a time, a status")
    refused(call("plan", "tax", "--traffic", str(tmp_path / "none.csv")), InputError, "cannot read the traffic")
    calls.write_bytes(b"second,status,ms\n\xff")
    refused(call("plan", "tax", "--traffic", str(calls)), InputError, "is not UTF-8")


def test_without_a_plane_and_without_a_description_it_says_so(call: Callable[..., Result]) -> None:
    result = call("plan", "tax", "--watch-for", "1s")
    refused(result, UsageError, "the traffic of tax is not known: no Envoy answers", "--requests-per-minute N")


@pytest.mark.parametrize(
    ("command", "flags", "said"),
    [
        ("plan", ("--find-errors", "1"), "--find-errors: expected percentage points"),
        ("plan", ("--legacy-errors", "1"), "--legacy-errors: expected a share"),
        ("plan", ("--latency", "0"), "--latency: expected a time above 0"),
        ("plan", ("--begin", "tomorrow"), "--begin: expected a date such as"),
        ("simulate", ("--fault", "legacy dwon"), "did you mean legacy down?"),
        ("simulate", ("--every", "soon"), "--every: expected a duration"),
    ],
)
def test_a_flag_that_cannot_be_read_is_named(
    call: Callable[..., Result], command: str, flags: tuple[str, ...], said: str
) -> None:
    refused(call(command, "tax", "--requests-per-minute", "10", *flags), UsageError, said)


def test_an_unknown_route_offers_the_nearest(call: Callable[..., Result]) -> None:
    for command in ("plan", "simulate"):
        refused(call(command, "taxi", "--requests-per-minute", "10"), UsageError, "has no route 'taxi'", "tax")


def test_a_simulation_is_told_line_by_line_and_ends_promoted(call: Callable[..., Result]) -> None:
    flags = ("--requests-per-minute", "20000", "--agrees-after", "1m", "--every", "10s")
    result = call("simulate", "tax", *BEGIN, *flags)
    assert result.exit_code == 0, result.exception
    lines = result.stdout.splitlines()
    assert "+0s  shifting              10 %  begin with 10 %" in lines[1]
    assert any("awaiting-approval" in line for line in lines)
    assert lines[-3].startswith("the rollout of tax ended promoted after") and lines[-3].endswith("with 100 % live")
    assert "failed at the first try" in lines[-2]
    assert call("simulate", "tax", *BEGIN, *flags).stdout == result.stdout
    assert call("simulate", "tax", *BEGIN, *flags, "--seed", "2").stdout != result.stdout


def test_a_simulation_that_rolls_back_exits_1(call: Callable[..., Result]) -> None:
    flags = ("--requests-per-minute", "6000", "--fault", "canary errors 20% from 1m", "--every", "5s", "--json")
    result = call("simulate", "tax", *BEGIN, *flags)
    seen = simulation_document.CODEC.load(json.loads(result.stdout))
    assert result.exit_code == 1 and seen.end == "rolled-back" and seen.weight == 0
    assert any(event.reason == "begins: canary errors 20% from 1m" for event in seen.events)


def test_a_simulation_needs_a_traffic(call: Callable[..., Result]) -> None:
    refused(call("simulate", "tax"), UsageError, "which traffic?", "--requests-per-minute N")


@pytest.mark.local_stack
def test_live_traffic_is_looked_at_where_none_is_described(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with serving(shell) as stack:
        before = sum(stack.load.statuses.values())
        done = shell.run("plan", "tax", "--watch-for", "2s", "--json")
        came = sum(stack.load.statuses.values()) - before
    assert done.returncode == 0, done.stderr
    seen = plan_document.CODEC.load(json.loads(done.stdout))
    assert seen.traffic.startswith("as seen in ") and seen.steps[0].weight == 20
    # The command takes a while to start and to end, in which requests come too.
    assert 0 < seen.per_minute * 2 / 60 <= came * 1.1
    assert seen.steps[0].gates[0].fault.startswith("errors ")
