"""The figures in the forms that other hosts collect: CloudWatch's, StatsD's, Prometheus's."""

from __future__ import annotations

import json
import math
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.seam import loaded, log_of

NAME = "shop.prices.quote"

# The schema that CloudWatch publishes ("Specification: Embedded metric format", read 2026-11), and the rules beside it
# that it cannot say: see `valid`.
EMF = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "additionalProperties": False,
                        "properties": {
                            "Namespace": {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": "^(.*)$"},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": 30,
                                    "items": {"type": "string", "minLength": 1, "maxLength": 250, "pattern": "^(.*)$"},
                                },
                            },
                            "Metrics": {
                                "type": "array",
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "additionalProperties": False,
                                    "properties": {
                                        "Name": {"type": "string", "minLength": 1, "maxLength": 1024},
                                        "Unit": {"enum": ["Count", "Milliseconds"]},
                                        "StorageResolution": {"enum": [1, 60]},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}


def valid(line: str, now_ms: float) -> dict[str, Any]:
    """A line that CloudWatch takes: what is referred to is there, numbers are at most 100, texts are dimensions."""
    assert len(line.encode()) <= 256 * 1024, "the least of the sizes that pages of AWS name"
    document: dict[str, Any] = json.loads(line, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    jsonschema.validate(document, EMF)
    assert abs(document["_aws"]["Timestamp"] - now_ms) < 60_000
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            assert all(isinstance(document[name], str) and document[name].strip() for name in names)
            assert all(len(document[name]) <= 1024 and document[name].isascii() for name in names)
        for metric in directive["Metrics"]:
            value = document[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            assert 1 <= len(values) <= 100
            assert all(isinstance(each, int | float) and math.isfinite(each) for each in values)
    return document


def fill(seam: Any, times: dict[str, list[float]], failed: int = 1) -> None:
    """First tries of each side that took so many milliseconds."""
    for side, all_ms in times.items():
        for number, ms in enumerate(all_ms):
            seam._waiting.append((NAME, side, ms / 1000, number < failed))
    seam.write_figures()


@contextmanager
def exporting(folder: Path, said: str) -> Iterator[Any]:
    with loaded(folder) as seam:
        seam.EXPORT = said
        yield seam


def test_emf_is_a_valid_line_for_each_route_and_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "emf.log"
    with exporting(tmp_path, f"emf, emf:{path}") as seam:
        fill(seam, {"legacy": [1, 2, 3], "canary": [7.0]})
        fill(seam, {"canary": [float(ms) for ms in range(1, 10_001)]})
        now = seam.time.time() * 1000
    lines = capsys.readouterr().out.splitlines()
    found = [valid(line, now) for line in lines]
    for line, same in zip(found, path.read_text().splitlines(), strict=True):
        assert line == {**valid(same, now), "_aws": line["_aws"]}, "but for the time"
    assert [(each["Route"], each["Side"], each["Tries"], each["Failed"]) for each in found] == [
        (NAME, "legacy", 3, 1),
        (NAME, "canary", 1, 1),
        (NAME, "canary", 10_000, 1),
    ]
    assert found[0]["Duration"] == sorted(found[0]["Duration"])
    assert len(found[0]["Duration"]) == 3
    # As many as may be, which have the quantiles of all, to a step of a tenth.
    many = found[2]["Duration"]
    assert len(many) == 100
    for place in (5, 50, 95):
        assert many[place] == pytest.approx(100 * (place + 0.5), rel=0.1)


@contextmanager
def statsd() -> Iterator[tuple[socket.socket, int]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server, server.getsockname()[1]


LINE = re.compile(r"^([A-Za-z0-9_.-]+):([0-9.]+)\|(c|ms)(?:\|@([0-9.e-]+))?(?:\|#([a-z]+:[^,|]+(?:,[a-z]+:[^,|]+)*))?$")


def read(server: socket.socket, count: int) -> list[tuple[str, float, str, float, str]]:
    """Lines as StatsD takes them: name, value, kind, how many each stands for, tags."""
    found: list[tuple[str, float, str, float, str]] = []
    while len(found) < count:
        data = server.recv(65_536)
        assert len(data) <= 1_432
        for line in data.decode("ascii").split("\n"):
            match = LINE.match(line)
            assert match, line
            name, value, kind, rate, tags = match.groups()
            found.append((name, float(value), kind, 1 / float(rate or 1), tags or ""))
    return found


def test_statsd_gets_counters_and_times(tmp_path: Path) -> None:
    with statsd() as (server, port), exporting(tmp_path, f"statsd:127.0.0.1:{port}") as seam:
        fill(seam, {"canary": [5.0] * 300 + [50.0], "legacy": [1.0]}, failed=2)
        lines = read(server, 7)
    prefix = f"migrator.seam.{NAME}"
    counters = {name: value for name, value, kind, *_ in lines if kind == "c"}
    assert counters == {
        f"{prefix}.canary.tries": 301,
        f"{prefix}.canary.failed": 2,
        f"{prefix}.legacy.tries": 1,
        f"{prefix}.legacy.failed": 1,
    }
    times = [(value, round(number)) for name, value, kind, number, _ in lines if name == f"{prefix}.canary.duration"]
    assert times == [(pytest.approx(5.0, rel=0.1), 300), (pytest.approx(50.0, rel=0.1), 1)]
    assert not any(tags for *_, tags in lines)


def test_tags_are_for_those_who_ask(tmp_path: Path) -> None:
    with statsd() as (server, port), exporting(tmp_path, f"dogstatsd:127.0.0.1:{port}") as seam:
        fill(seam, {"canary": [5.0]})
        lines = read(server, 3)
    assert {name for name, *_ in lines} == {f"migrator.seam.{each}" for each in ("tries", "failed", "duration")}
    assert {tags for *_, tags in lines} == {f"route:{NAME},side:canary"}


def test_many_routes_are_many_datagrams_and_a_name_is_one_part(tmp_path: Path) -> None:
    with statsd() as (server, port), exporting(tmp_path, f"statsd:127.0.0.1:{port}") as seam:
        for number in range(60):
            seam._waiting.append((f"a:b|{number}@#\n", "canary", 0.005, False))
        seam.write_figures()
        lines = read(server, 180)
    assert {name for name, *_ in lines if name.endswith("tries")} == {
        f"migrator.seam.a_b_{number}___.canary.tries" for number in range(60)
    }


SAMPLE = re.compile(r'^([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\} ([0-9.e+-]+)$')


def prometheus(folder: Path, pid: int) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """Types by family, and samples by name and labels (without the process), of a file of format 0.0.4."""
    text = (folder / f"migrator_seam_{pid}.prom").read_text("utf-8")
    assert text.endswith("\n")
    types: dict[str, str] = {}
    samples: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family not in types, "the samples of a family stand together"
            types[family] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.match(line)
            assert match, line
            name, labels, value = match.groups()
            assert name.startswith(list(types)[-1])
            assert f'pid="{pid}"' in labels
            kept = labels.replace(f',pid="{pid}"', "")
            assert kept not in samples.setdefault(name, {}), "each once"
            samples[name][kept] = float(value)
    return types, samples


def test_prometheus_gets_a_file_that_grows(tmp_path: Path) -> None:
    with exporting(tmp_path, f"prometheus:{tmp_path}") as seam:
        pid = seam.os.getpid()
        fill(seam, {"canary": [5.0, 50.0], "legacy": [0.1]})
        fill(seam, {"canary": [5.0] * 8}, failed=0)
        types, samples = prometheus(tmp_path, pid)
        canary = f'route="{NAME}",side="canary"'
        assert types == {
            "migrator_seam_tries_total": "counter",
            "migrator_seam_failed_total": "counter",
            "migrator_seam_duration_seconds": "histogram",
        }
        assert samples["migrator_seam_tries_total"] == {canary: 10, f'route="{NAME}",side="legacy"': 1}
        assert samples["migrator_seam_failed_total"][canary] == 1
        assert samples["migrator_seam_duration_seconds_sum"][canary] == pytest.approx(0.095)
        assert samples["migrator_seam_duration_seconds_count"][canary] == 10
        at_bound = f'route="{NAME}",side="legacy",le="0.0001"'
        assert samples["migrator_seam_duration_seconds_bucket"][at_bound] == 1, "up to and with the bound"
        buckets = {
            float(labels.rpartition('le="')[2][:-1]): number
            for labels, number in samples["migrator_seam_duration_seconds_bucket"].items()
            if "canary" in labels
        }
        assert list(buckets) == sorted(buckets) and list(buckets)[-1] == math.inf
        assert list(buckets.values()) == sorted(buckets.values())
        for bound, number in buckets.items():
            low, high = (
                sum(ms * 1.1 / 1000 <= bound for ms in [5] * 9 + [50]),
                sum(ms / 1000 <= bound for ms in [5] * 9 + [50]),
            )
            assert low <= number <= high
        assert {path.suffix for path in tmp_path.iterdir() if "prom" in path.name} == {".prom"}


def test_a_name_is_escaped_for_prometheus(tmp_path: Path) -> None:
    with exporting(tmp_path, f"prometheus:{tmp_path}") as seam:
        seam._waiting.append(('a"b\\c\nd', "canary", 0.005, False))
        seam.write_figures()
        _, samples = prometheus(tmp_path, seam.os.getpid())
    assert list(samples["migrator_seam_tries_total"]) == ['route="a\\"b\\\\c\\nd",side="canary"']


def test_a_forked_child_counts_from_0(tmp_path: Path) -> None:
    with exporting(tmp_path, f"prometheus:{tmp_path}") as seam:
        fill(seam, {"canary": [5.0]})
        seam._after_fork()
        fill(seam, {"canary": [5.0, 5.0]})
        _, samples = prometheus(tmp_path, seam.os.getpid())
    assert samples["migrator_seam_tries_total"] == {f'route="{NAME}",side="canary"': 2}


@pytest.mark.parametrize(
    "said",
    [
        "prometheus:/no/such/folder",
        "prometheus:",
        "emf:/no/such/folder/x",
        "statsd:127.0.0.1",
        "statsd:no host.invalid:8125",
        "graphite:127.0.0.1:1",
        "statsd:127.0.0.1:99999",
    ],
)
def test_one_that_fails_hurts_neither_the_caller_nor_the_others(said: str, tmp_path: Path) -> None:
    good = tmp_path / "emf.log"
    with exporting(tmp_path, f"{said},emf:{good}") as seam:
        for _ in range(3):
            fill(seam, {"canary": [5.0]})
        assert seam.counts() == {("", "export"): 1}, "said once"
        assert [each["outcome"] for each in log_of(tmp_path)] == ["export"]
    assert len(good.read_text().splitlines()) == 3
    assert len((tmp_path / "migrator_seam.figures").read_text().splitlines()) == 3


def test_a_full_disk_keeps_nobody_from_exporting(tmp_path: Path) -> None:
    good = tmp_path / "emf.log"
    with exporting(tmp_path, f"emf:{good}") as seam:
        seam.FIGURES_FILE = str(tmp_path / "none" / "x")
        fill(seam, {"canary": [5.0]})
    assert Counter(json.loads(line)["Side"] for line in good.read_text().splitlines()) == {"canary": 1}
