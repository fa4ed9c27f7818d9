"""How fast recorded traffic is read: `python -m tools.bench.traffic [LINES]`.

In: logs that are made here, of the sample shop's routes and tasks, with as many different paths as there are lines. Out: for
each format lines a second, and the time beside that of matching one regular expression on the same lines in the same run,
which no reader in Python goes below; and what memory grows by from the first half to the whole. Exits 1 where the
combined format takes more than `BOUND` times as long as the expression, or memory grows by more than `GROWTH_MB`.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from migrator import bootstrap
from migrator.bootstrap.usages import with_traffic

BOUND = 25.0
GROWTH_MB = 64.0

_SHOP = Path(__file__).resolve().parents[2] / "sample_monolith"
_PATHS = (
    "/products/{}",
    "/products/{}/stock",
    "/orders/{}",
    "/orders/{}/invoice.pdf",
    "/health",
    "/static/{}.css",
    "/cart/{}",
)
_TASKS = ("shop.tasks.mail.send_order_mail", "shop.tasks.media.make_thumbnails", "shop.tasks.reports.nightly")
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
_LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d+) (\d+|-) "[^"]*" "[^"]*" ([\d.]+)')
_BEGIN = 1_763_632_800


def _combined(lines: int, chance: random.Random) -> Iterator[str]:
    for number in range(lines):
        at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(_BEGIN + number // 5))
        path = chance.choice(_PATHS).format(number)
        yield (
            f'192.0.2.{number % 250} - - [{at}] "GET {path}?page={number % 7} HTTP/1.1" {chance.choice((200, 200, 404, 500))} '
            f'{chance.randrange(90_000)} "https://shop.example/" "{_AGENT}" {chance.expovariate(5):.3f}'
        )


def _json(lines: int, chance: random.Random) -> Iterator[str]:
    for line in _combined(lines, chance):
        found = _LINE.match(line)
        assert found is not None
        names = (
            "remote_addr",
            "time_local",
            "request_method",
            "request_uri",
            "status",
            "body_bytes_sent",
            "request_time",
        )
        yield json.dumps({**dict(zip(names, found.groups(), strict=True)), "http_user_agent": _AGENT})


def _celery(lines: int, chance: random.Random) -> Iterator[str]:
    for number in range(lines // 3):
        common = {"uuid": f"{number:012x}", "hostname": "celery@w1", "timestamp": _BEGIN + number}
        yield json.dumps({"type": "task-received", "name": chance.choice(_TASKS), "args": "(7,)", **common})
        yield json.dumps({"type": "task-started", "pid": 41, **common})
        yield json.dumps({"type": "task-succeeded", "runtime": chance.expovariate(1), "result": "None", **common})


_FORMATS: dict[str, Callable[[int, random.Random], Iterator[str]]] = {
    "combined": _combined,
    "json": _json,
    "celery": _celery,
}


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(lines: int) -> int:
    """The figures of each format; 1 where a bound is passed."""
    analysis = bootstrap.analyze(_SHOP, jobs=1)
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, made in _FORMATS.items():
            half, whole = Path(folder) / f"{name}.half", Path(folder) / name
            for path, number in ((half, lines // 2), (whole, lines)):
                with path.open("w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in made(number, random.Random(7)))
            with_traffic(analysis, [str(half)])
            before = _memory_mb()
            began = time.process_time()
            _, summary = with_traffic(analysis, [str(whole)])
            took = time.process_time() - began
            grown = _memory_mb() - before
            read = sum(log.lines for log in summary.files)
            began = time.process_time()
            with whole.open(encoding="utf-8") as file:
                for line in file:
                    _LINE.match(line)
            ratio = took / (time.process_time() - began)
            said = f"{ratio:.1f} times one expression" if name == "combined" else "lines of JSON"
            print(f"{name:<9} {read / took:>9,.0f} lines a second, {said}, memory grown by {grown:.0f} MB")
            worst |= (name == "combined" and ratio > BOUND) or grown > GROWTH_MB
    return int(worst)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
