"""The logs are read on by place: nothing twice, nothing lost at the seams, bounded, and calm about damage."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.envoy import access_log
from migrator.adapters.envoy.access_log import AccessLog, Told
from migrator.adapters.line_files import Place
from migrator.rollout.statistics.buckets import number_of


def line(us: int | None, *, route: str = "tax", side: str = "canary") -> str:
    return json.dumps({"route": route, "side": side, "answer_us": us}, separators=(",", ":")) + "\n"


def bucket(*ms: float) -> dict[int, int]:
    return dict(Counter(number_of(each) for each in ms))


def test_only_answered_tries_of_the_side_and_route_count(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(line(1000) + line(2000) + line(None) + line(3000, side="legacy") + line(4000, route="x"))
    read = AccessLog(log, "canary")
    assert read.since(Place(), "tax").times == bucket(1, 2)
    assert read.since(Place(), "x").times == bucket(4)
    assert read.since(Place(), "unknown").times == {}


@pytest.mark.parametrize("route", ["tax", 'a "b"', "æ", "tax.eu", "\\"])
def test_a_route_of_any_name_is_found_among_others(tmp_path: Path, route: str) -> None:
    log = tmp_path / "tries.log"
    log.write_text(line(1000, route="tax-2") + line(2000, route=route) + line(1, route=f"{route}s"))
    assert AccessLog(log, "canary").since(Place(), route).times == bucket(2)


def test_the_last_field_of_one_call_is_no_name_of_another(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(
        json.dumps({"route": "other", "side": "canary", "answer_us": 1, "method": "tax"}) + "\n" + line(2000)
    )
    assert AccessLog(log, "canary").since(Place(), "tax").times == bucket(2)


@given(st.lists(st.integers(1, 400), max_size=30), st.sets(st.integers(0, 30), max_size=4))
def test_a_log_read_in_pieces_and_put_aside_is_the_log(pieces: list[int], aside: set[int]) -> None:
    """Each piece is what Envoy wrote by a look; the log is put aside between some of them."""
    text = "".join(line(number * 1000) for number in range(1, 15)).encode()
    told: Counter[int] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "tries.log"
        read, place, written = AccessLog(log, "canary"), Place(), 0
        for number, piece in enumerate([*pieces, len(text)]):
            if number in aside and log.exists() and text[:written].endswith(b"\n"):
                read.put_aside()
            with log.open("ab") as file:
                file.write(text[written : written + piece])
            written += piece
            found = read.since(place, "tax")
            place = found.place
            told.update(found.times)
    assert told == Counter(number_of(number) for number in range(1, 15))


def test_the_end_of_a_log_lies_between_two_lines(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    half = line(2000)
    log.write_text(line(1000) + half[:20])
    read = AccessLog(log, "canary")
    end = read.end()
    with log.open("a") as file:
        file.write(half[20:])
    assert read.since(end, "tax").times == bucket(2), "a line that was being written belongs to what comes"


def test_a_place_before_two_generations_goes_on_in_the_present_one(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(line(1000))
    read = AccessLog(log, "canary")
    place = read.end()
    for ms in (2, 3):
        read.put_aside()
        log.write_text(line(ms * 1000))
    told = read.since(place, "tax")
    assert told.times == bucket(3), "what lay between is gone"
    assert read.since(told.place, "tax").times == {}


def test_another_file_with_the_same_inode_is_another_file(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(line(1000) * 3)
    read = AccessLog(log, "canary")
    place = read.end()
    log.write_text(line(2000) * 5)  # the inode stays
    assert read.since(place, "tax").times == {number_of(2): 5}


def test_damage_is_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    strange = [b"\xff\xfe", b"null", b"[]", b"[" * 5000, b'{"route":"tax","side":"canary","answer_us":"y"}']
    strange += [b'{"route":"tax","side":"canary","answer_us":NaN}', b'{"route":"tax","side":"canary","flags":7}']
    log.write_bytes(b"\n".join([*strange, b""]))
    with log.open("a") as file:
        file.write(line(1000))
    assert AccessLog(log, "canary").since(Place(), "tax").times == bucket(1)


def test_a_long_log_is_read_at_several_looks_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "LONGEST_READ", 1000)
    log = tmp_path / "tries.log"
    log.write_text(line(1000) * 100)
    read, told, looks = AccessLog(log, "canary"), Told(Place()), 0
    answers = 0
    while answers < 100:
        told = read.since(told.place, "tax")
        answers += sum(told.times.values())
        looks += 1
    assert (answers, looks) == (100, -(-100 // (1000 // len(line(1000)))))


def test_a_log_that_is_not_there_tells_nothing_and_what_comes_is_told(tmp_path: Path) -> None:
    read = AccessLog(tmp_path / "tries.log", "canary")
    place = read.end()
    assert read.since(place, "tax") == Told(place)
    read.path.write_text(line(1000))
    read.put_aside()
    read.path.write_text(line(2000))
    assert read.since(place, "tax").times == bucket(1, 2)


def test_cold_starts_are_counted_and_their_times_are_not(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    said = ["1", "0", "1", None, "-", "2", 1, ["1"]]
    entries = [{"route": "tax", "side": "canary", "answer_us": 1000, "cold": one} for one in said]
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    told = AccessLog(log, "canary").since(Place(), "tax")
    assert (told.cold, told.told, sum(told.times.values())) == (2, 3, 6)


def test_good_answers_that_ended_in_the_middle_are_counted_apart(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    entries = [
        {"route": "tax", "side": "legacy", "answer_us": None, "flags": "UPE", "status": 200},
        {"route": "tax", "side": "legacy", "answer_us": None, "flags": "DC,UC", "status": 200},
        {"route": "tax", "side": "legacy", "answer_us": None, "flags": "UC", "status": 503},
        {"route": "tax", "side": "canary", "answer_us": None, "flags": "UC", "status": 200},
        {"route": "tax", "side": "legacy", "answer_us": 1000, "flags": "-", "status": 200},
    ]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    log = AccessLog(path, "legacy")
    told = log.since(Place(), "tax")
    assert (told.cut, told.times, log.since(Place(), "other").cut) == (2, bucket(1), 0)
    assert log.since(told.place, "tax") == Told(told.place)
