"""What is pip's own: its words, an index over HTTP, downloads, and what it must never do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.version import Version

from migrator.adapters.packages import PipIndex
from migrator.adapters.packages.refusals import judged, read_refusal
from migrator.adapters.packages.report import read_report, unzipped_bytes
from migrator.plan.requirements import Answer, Platform
from tests.support.wheels import Release, unzipped, write_releases

ARM = Platform()
ONE = Release("one", "1.0", needs=["two>=1"], size=9000)
TWO = Release("two", "1.2", size=70_000)


class Index(ThreadingHTTPServer):
    """A package index on the loopback interface: a folder for each project, and what was asked."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))

    @property
    def options(self) -> tuple[str, ...]:
        return ("--index-url", f"http://user:s3cret@127.0.0.1:{self.server_port}/", "--no-cache-dir")


class _Handler(SimpleHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.status != 200:
            self.send_error(self.server.status)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    # The machine's own configuration may name further indexes.
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    for release in (ONE, TWO, Release("built", "1.0", [], source=True)):
        write_releases(tmp_path / "index" / release.name, [release])
    server = Index(tmp_path / "index")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_sizes_are_known_where_wheels_may_be_fetched(index: Index) -> None:
    answer = PipIndex(index.options, fetch=True).wheels(["one==1.0"], ARM)
    assert [(wheel.distribution, wheel.unzipped_bytes) for wheel in answer.wheels] == [
        ("one", unzipped(ONE)),
        ("two", unzipped(TWO)),
    ]


def test_sizes_are_unknown_where_they_may_not(index: Index) -> None:
    answer = PipIndex(index.options).wheels(["one==1.0"], ARM)
    assert [(wheel.distribution, wheel.unzipped_bytes) for wheel in answer.wheels] == [("one", None), ("two", None)]


def test_nothing_is_built(index: Index) -> None:
    """Its `setup.py` would end pip with words of its own."""
    answer = PipIndex(index.options).wheels(["built"], ARM)
    assert [(missing.answer, missing.reason) for missing in answer.missing] == [
        (Answer.NO, "built has no wheels, only its source")
    ]
    assert not [path for path in index.asked if path.endswith(".tar.gz")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "credentials"), (403, "credentials"), (500, "a failure of its own"), (404, "has no one")],
)
def test_an_index_that_refuses_is_unknown_and_stays_unnamed(status: int, reason: str, index: Index) -> None:
    index.status = status
    answer = PipIndex((*index.options, "--retries", "0")).wheels(["one"], ARM)
    assert [missing.answer for missing in answer.missing] == [Answer.UNKNOWN]
    assert reason in answer.missing[0].reason
    assert "s3cret" not in repr(answer) and "127.0.0.1" not in repr(answer)


def test_versions_that_exclude_each_other_are_noted(tmp_path: Path) -> None:
    write_releases(
        tmp_path,
        [Release("a", "1", needs=["c<2"]), Release("b", "1", needs=["c>=2"]), Release("c", "1"), Release("c", "2")],
    )
    answer = PipIndex(("--no-index", "--find-links", str(tmp_path))).wheels(["a", "b"], ARM)
    assert [wheel.distribution for wheel in answer.wheels] == ["a", "b", "c"]
    assert answer.missing == ()
    assert len(answer.notes) == 1 and "exclude each other" in answer.notes[0]


def test_a_program_that_hangs_is_ended_at_the_deadline(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    began = time.monotonic()
    answer = PipIndex(python=str(program), deadline_s=0.5).wheels(["one"], ARM)
    assert [missing.reason for missing in answer.missing] == ["pip did not answer within 0.5 s"]
    assert time.monotonic() - began < 15


LINKS = """
  Skipping link: No sources permitted for lxml: https://u:p@host/lxml-5.0.tar.gz#sha256=a (from https://u:p@host/lxml/)
  Skipping link: none of the wheel's tags (cp311-cp311-manylinux2014_aarch64) are compatible (run pip debug --verbose to show compatible tags): https://u:p@host/lxml-5.0-cp311-cp311-manylinux2014_aarch64.whl#sha256=b (from https://u:p@host/lxml/)
  Found link https://u:p@host/lxml-6.0-cp313-cp313-manylinux2014_aarch64.whl#sha256=c (from https://u:p@host/lxml/) (requires-python:>=3.8), version: 6.0
  Skipping link: wrong project name (not lxml): https://u:p@host/other-5.0-py3-none-any.whl
  Skipping link: invalid wheel filename: https://u:p@host/lxml-5.whl
"""


@pytest.mark.parametrize(
    ("output", "answer", "reason"),
    [
        (f"{LINKS}ERROR: No matching distribution found for lxml==5.0", Answer.NO, "lxml==5.0 has no wheel for arm64 and Python 3.13, only for cp311 on Linux arm64"),
        (f"{LINKS}ERROR: No matching distribution found for lxml==4.0 (from -r x (line 1))", Answer.UNKNOWN, "the index has no lxml==4.0"),
        (f"{LINKS}ERROR: No matching distribution found for nobody>1", Answer.UNKNOWN, "the index has no nobody"),
    ],
)  # fmt: skip
def test_what_pip_lists_decides_between_no_and_unknown(output: str, answer: Answer, reason: str) -> None:
    refusal = read_refusal(output)
    assert judged(refusal, ARM) == (answer, reason)
    assert {offer.version for offer in refusal.offers if offer.name == "lxml"} == {Version("5.0"), Version("6.0")}


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("/usr/bin/python: No module named pip", "pip is not installed beside this Python"),
        ("HTTPSConnectionPool(host='h', port=443): Max retries exceeded (Caused by NameResolutionError(...))\nERROR: No matching distribution found for a", "the index's host is not known here"),
        ("WARNING: ... ReadTimeoutError(\"Read timed out. (read timeout=10.0)\")\nERROR: No matching distribution found for a", "the index does not answer in time"),
        ("Could not fetch URL https://u:p@h/a/: 403 Client Error: Forbidden for url: https://u:p@h/a/ - skipping", "the index refuses our credentials"),
        ("There was a problem confirming the ssl certificate: SSLError(...)", "the certificate of the index is not trusted"),
        ("ProxyError('Cannot connect to proxy.')", "the proxy before the index does not answer"),
        ("something else https://u:p@h/", "pip failed in a way that is not known here"),
    ],
)  # fmt: skip
def test_why_an_index_could_not_be_asked(output: str, reason: str) -> None:
    assert read_refusal(output).unreachable == reason


def test_a_conflict_is_told_without_addresses() -> None:
    output = (
        "The conflict is caused by:\n    The user requested a==1 (from https://u:p@h/a.whl)\n    b 1 depends on a>2\n\n"
        "To fix this\n    you could\nERROR: ResolutionImpossible: for help visit https://pip.pypa.io"
    )
    assert read_refusal(output).conflict == "The user requested a==1 (from ...; b 1 depends on a>2"


def test_what_is_no_wheel_and_no_report(tmp_path: Path) -> None:
    broken = tmp_path / "x-1-py3-none-any.whl"
    broken.write_text("no zip")
    assert unzipped_bytes(broken) is None
    assert unzipped_bytes(tmp_path / "lost.whl") is None
    for text in ("{}", "[]", '{"install": [{}]}', "no JSON"):
        broken.write_text(text)
        with pytest.raises(ValueError, match=r"report|Expecting"):
            read_report(broken)
