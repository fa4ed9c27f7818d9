"""analyze, explain and report with recorded traffic, as people and programs call them."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from migrator.documents.analysis import CODEC
from tests.cli.test_analyze import VIEW, monolith, run
from tests.support.traffic import access_line

__all__ = ["monolith"]

DAY = 1440
SLOW = "web.price_list"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two days: a slow route that is called often, and one that is called once."""
    lines = [access_line("/price_list", minute=minute, time="1.500") for minute in range(0, 2 * DAY, 10)]
    lines += [access_line("/price/7", minute=60), *(access_line(f"/wp/{n}", minute=70) for n in range(3))]
    path = tmp_path / "access.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def of(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, _ = run(capsys, *arguments, "--json", "--jobs", 1)
    assert code == 0
    loaded: dict[str, Any] = json.loads(out)
    return loaded


def test_candidates_are_ranked_by_what_runs(capsys: pytest.CaptureFixture[str], monolith: Path, log: Path) -> None:
    before = of(capsys, "analyze", monolith)
    after = of(capsys, "analyze", monolith, "--traffic", log)
    assert [item["name"] for item in before["candidates"]] == ["web.price", SLOW]
    assert [item["usage"] for item in before["candidates"]] == [None, None]
    assert [(item["name"], item["rank"]) for item in after["candidates"]] == [(SLOW, 1), ("web.price", 2)]
    assert after["candidates"][0]["usage"] == {
        "calls": 288, "calls_per_day": 144.0, "p50_ms": 1500.0, "p95_ms": 1500.0, "payload_bytes": 57, "failed": 0.0,
        "sources": ["combined"],
    }  # fmt: skip
    assert CODEC.load(after).candidates[0].usage is not None


def test_the_text_says_it_and_stderr_what_was_read(
    capsys: pytest.CaptureFixture[str], monolith: Path, log: Path
) -> None:
    code, out, err = run(capsys, "analyze", monolith, "--traffic", log, "--jobs", 1)
    assert code == 0
    assert "in production: 144 calls a day, 1.5 s (p95 1.5 s), payloads of 57 bytes (p95)" in out
    assert err.splitlines() == [
        "traffic: 292 calls in 292 lines of 1 file: combined of 2.0 days",
        "  1 % of the requests matched no candidate; the most frequent of them:",
        "    3  GET /wp/*",
    ]
    _, quiet, err = run(capsys, "analyze", monolith, "--traffic", log, "--jobs", 1, "--quiet")
    assert err == ""
    assert "in production: 144 calls a day" in quiet


def test_the_table_has_columns_only_where_there_is_something_to_say(
    capsys: pytest.CaptureFixture[str], monolith: Path, log: Path
) -> None:
    _, plain, _ = run(capsys, "analyze", monolith, "--all", "--jobs", 1)
    _, table, _ = run(capsys, "analyze", monolith, "--all", "--jobs", 1, "--traffic", log)
    assert "CALLS/DAY" not in plain
    rows = [line.split() for line in table.splitlines()]
    assert ["VERDICT", "CONFIDENCE", "CALLS/DAY", "P95", "CANDIDATE", "TRIGGERS", "->", "EFFECTS"] in rows
    assert ["1", "ready", "proven", "144", "1.5", "s", SLOW, "http", "->", "none"] in rows
    assert ["2", "ready", "proven", "0.5", "250", "ms", "web.price", "http", "->", "none"] in rows


def test_explain_says_from_which_logs(capsys: pytest.CaptureFixture[str], monolith: Path, log: Path) -> None:
    _, out, _ = run(capsys, "explain", SLOW, "--root", monolith, "--traffic", log, "--jobs", 1)
    assert "  in production: 144 calls a day, 1.5 s (p95 1.5 s), payloads of 57 bytes (p95) (combined)" in out
    assert of(capsys, "explain", SLOW, "--root", monolith, "--traffic", log)["candidates"][0]["usage"]["calls"] == 288


def test_a_limit_that_is_passed_is_advice(capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path) -> None:
    path = tmp_path / "slow.log"
    path.write_text(f"{access_line('/price_list', time='31.000')}\n", encoding="utf-8")
    _, out, _ = run(capsys, "explain", SLOW, "--root", monolith, "--traffic", path, "--jobs", 1)
    assert "A duration passes what the event allows" in out
    assert "29 s is the most that API Gateway waits for an answer" in " ".join(out.split())


def test_what_never_runs_is_said(capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    path.write_text(f"{access_line('/price/7')}\n", encoding="utf-8")
    _, out, _ = run(capsys, "explain", SLOW, "--root", monolith, "--traffic", path, "--jobs", 1)
    assert "in production: never called in what was recorded (combined)" in out


def test_a_prefix_that_a_proxy_takes_off_is_suspected(
    capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path
) -> None:
    path = tmp_path / "proxy.log"
    path.write_text(f"{access_line('/shop/price/7')}\n{access_line('/wp')}\n", encoding="utf-8")
    _, _, err = run(capsys, "analyze", monolith, "--traffic", path, "--jobs", 1)
    assert (
        "  50 % of these would match without /shop: where a proxy takes it off, give the application's own log"
        in err.splitlines()
    )


def test_what_no_log_tells_of_is_said(capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(
        '{"type": "task-received", "uuid": "1", "name": "mail", "timestamp": 1763632800}\n', encoding="utf-8"
    )
    found = of(capsys, "analyze", monolith, "--traffic", path)
    assert [item["usage"] for item in found["candidates"]] == [None, None]
    _, _, err = run(capsys, "analyze", monolith, "--traffic", path, "--jobs", 1)
    assert err.splitlines()[1:] == [
        "  100 % of the runs matched no candidate; the most frequent of them:",
        "    1  mail",
        "  no candidate is told of; the order is that without traffic",
    ]
    (monolith / "jobs.py").write_text(
        "import celery\n@celery.shared_task(name='mail')\ndef mail(): ...\n", encoding="utf-8"
    )
    _, _, err = run(capsys, "analyze", monolith, "--traffic", path, "--jobs", 1)
    assert err.splitlines()[1:] == [
        "  of candidates with these events no log tells, so that they take the median load: http (2)"
    ]


def test_logs_come_from_folders_archives_and_standard_input(
    capsys: pytest.CaptureFixture[str], monolith: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    first, second = log.read_text(encoding="utf-8").split("\n", 1)
    (folder / "access.log.1.gz").write_bytes(gzip.compress(first.encode()))

    class Stdin:
        buffer = io.BytesIO(second.encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    parts = of(capsys, "analyze", monolith, "--traffic", folder, "--traffic", "combined:-")
    whole = of(capsys, "analyze", monolith, "--traffic", log)
    assert parts["candidates"] == whole["candidates"]


def test_damage_is_said_and_does_not_end_the_run(capsys: pytest.CaptureFixture[str], monolith: Path, log: Path) -> None:
    text = log.read_text(encoding="utf-8")
    log.write_text(f"{text}cut off in the mid\n\x1b]0;evil\x07\n", encoding="utf-8")
    code, _, err = run(capsys, "analyze", monolith, "--traffic", log, "--jobs", 1, "--quiet")
    assert code == 0
    assert err == f"  {log}:293: 2 damaged lines of 294, not counted, the first: not a line of an access log\n"


def test_hostile_paths_stay_text(capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.log"
    hostile = ["/\x1b[31mred", "/a%0Ab", "/%1b]0;x%07", "/\udcff", "/\u202egnp", "/" + "x" * 5_000]
    lines = "\n".join(access_line(target) for target in hostile) + "\n"
    path.write_text(lines, encoding="utf-8", errors="surrogateescape")
    code, _, err = run(capsys, "analyze", monolith, "--traffic", path, "--jobs", 1)
    assert code == 0
    assert err.replace("\n", "").isprintable()
    assert "GET /\\x1b[31mred" in err and "GET /a\\nb" in err
    assert max(map(len, err.splitlines())) < 200


def test_what_cannot_be_read_is_an_error_with_a_place(
    capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path
) -> None:
    code, out, err = run(capsys, "analyze", monolith, "--traffic", tmp_path / "nowhere.log", "--jobs", 1)
    assert (code, out) == (3, "")
    assert f"{tmp_path / 'nowhere.log'}: there is no such file" in err
    notes = tmp_path / "notes.txt"
    notes.write_text("hello\n", encoding="utf-8")
    code, out, err = run(capsys, "analyze", monolith, "--traffic", notes, "--jobs", 1)
    assert (code, out) == (3, "")
    assert f"{notes}:1: the first lines are of no format that is known; expected combined: " in err


def test_one_log_of_several_repositories(capsys: pytest.CaptureFixture[str], tmp_path: Path, log: Path) -> None:
    for name, view in (("one", VIEW), ("two", VIEW.replace("price_list", "others"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "web.py").write_text(view, encoding="utf-8")
    code, out, err = run(capsys, "analyze", tmp_path / "one", tmp_path / "two", "--traffic", log, "--jobs", 1)
    assert code == 0
    assert out.index(f"one: {SLOW}") < out.index("one: web.price\n")
    assert "  1 % of the requests" in err


def test_a_report_takes_traffic_once(
    capsys: pytest.CaptureFixture[str], monolith: Path, log: Path, tmp_path: Path
) -> None:
    document = tmp_path / "kept.json"
    document.write_text(json.dumps(of(capsys, "analyze", monolith)), encoding="utf-8")
    ranked = tmp_path / "ranked.json"
    assert run(capsys, "report", document, "--traffic", log, "-o", ranked)[0] == 0
    assert json.loads(ranked.read_text(encoding="utf-8"))["candidates"][0]["name"] == SLOW
    code, _, err = run(capsys, "report", ranked, "--traffic", log, "-o", tmp_path / "again.json")
    assert code == 2
    assert "ranked by recorded traffic already" in err
    code, _, err = run(capsys, "report", "-", "--traffic", "-")
    assert code == 2
    assert "standard input can be only one" in err
