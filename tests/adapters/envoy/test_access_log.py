"""The logs are followed: nothing twice, nothing lost at the seams, bounded, and calm about damage."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.envoy import access_log
from migrator.adapters.envoy.access_log import LogTail


def line(at: float, us: int | None, *, route: str = "tax", side: str = "canary") -> str:
    return json.dumps({"at": f"{at:.6f}", "route": route, "side": side, "answer_us": us}) + "\n"


def test_only_answered_tries_of_the_side_since_the_time_count(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(
        line(10, 1000) + line(20, 2000) + line(20, None) + line(21, 3000, side="legacy") + line(22, 4000, route="x")
    )
    tail = LogTail(log, "canary")
    tail.read_on()
    assert tail.since("tax", 0) == [1.0, 2.0]
    assert tail.since("tax", 15) == [2.0]
    assert tail.since("x", 0) == [4.0]
    assert tail.since("unknown", 0) == []


@given(st.lists(st.integers(1, 400), max_size=30))
def test_a_log_read_in_pieces_is_the_log(pieces: list[int]) -> None:
    import tempfile

    text = "".join(line(number, number * 1000) for number in range(1, 15)).encode()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "tries.log"
        tail = LogTail(log, "canary")
        tail.read_on()
        written = 0
        with log.open("wb") as file:
            for piece in [*pieces, len(text)]:
                file.write(text[written : written + piece])
                file.flush()
                written += piece
                tail.read_on()
        assert tail.since("tax", 0) == [float(number) for number in range(1, 15)]


def test_a_log_put_aside_is_followed_by_its_successor(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_text(line(1, 1000))
    tail = LogTail(log, "canary")
    tail.read_on()
    tail.put_aside()
    tail.read_on()
    log.write_text(line(2, 2000))
    tail.read_on()
    assert tail.since("tax", 0) == [1.0, 2.0]
    assert (tmp_path / "tries.log.1").exists()


def test_damage_is_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    log.write_bytes(b'{"at": "x"}\n\xff\xfe\nnull\n[]\n{"at":"1","route":"tax","side":"canary","answer_us":"y"}\n')
    with log.open("a") as file:
        file.write(line(1, 1000))
    tail = LogTail(log, "canary")
    tail.read_on()
    assert tail.since("tax", 0) == [1.0]


def test_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "tries.log"
    one = line(1, 1000)
    with log.open("w") as file:
        file.write(one * (access_log.LONGEST_READ // len(one) + 1000))
        file.write(line(2, 2000))
    tail = LogTail(log, "canary")
    tail.read_on()
    assert tail.since("tax", 2) == [2.0]


def test_good_answers_that_ended_in_the_middle_are_counted_apart(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    entries = [
        {"at": "1.0", "route": "tax", "side": "legacy", "answer_us": None, "flags": "UPE", "status": 200},
        {"at": "2.0", "route": "tax", "side": "legacy", "answer_us": None, "flags": "DC,UC", "status": 200},
        {"at": "3.0", "route": "tax", "side": "legacy", "answer_us": None, "flags": "UC", "status": 503},
        {"at": "4.0", "route": "tax", "side": "canary", "answer_us": None, "flags": "UC", "status": 200},
        {"at": "5.0", "route": "tax", "side": "legacy", "answer_us": 1000, "flags": "-", "status": 200},
    ]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    log = LogTail(path, "legacy")
    log.read_on()
    assert (log.cut_since("tax", 0), log.cut_since("tax", 1.5), log.cut_since("other", 0)) == (2, 1, 0)
    assert log.since("tax", 0) == [1.0]
