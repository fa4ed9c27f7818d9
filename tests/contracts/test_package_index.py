"""What every `PackageIndex` does, the one in memory and pip on a folder of wheels."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.adapters.packages import PipIndex
from migrator.plan.requirements import Answer, IndexAnswer, PackageIndex, Platform
from tests.support.memory_packages import MemoryPackages
from tests.support.wheels import Release, unzipped, write_releases

ARM, INTEL = Platform("arm64", "3.13"), Platform("x86_64", "3.13")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"

PURE = Release("pure-one", "1.0", size=4000)
NEEDING = Release("needing", "2.1", needs=["pure_one>=1", "extra-one; extra == 'more'"], size=700)
BOTH = Release("both", "1.0", ["cp313-cp313-manylinux_2_28_aarch64", "cp313-cp313-manylinux2014_x86_64"])
RELEASES = [
    PURE,
    Release("pure-one", "1.1.dev1"),
    NEEDING,
    Release("extra-one", "0.1"),
    BOTH,
    Release("intel", "1.0", ["cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64"]),
    Release("stable-abi", "1.0", ["cp39-abi3-manylinux2014_aarch64"]),
    Release("old-python", "1.0", ["cp310-cp310-manylinux2014_aarch64"], source=True),
    Release("too-new", "1.0", ["cp313-cp313-manylinux_2_39_aarch64"], source=True),
    Release("musl", "1.0", ["cp313-cp313-musllinux_1_2_aarch64"], source=True),
    Release("source-only", "1.0", [], source=True),
    Release("needs-source", "1.0", needs=["source-only"]),
    Release("other-python", "1.0", python="<3.12"),
    Release("by-marker", "1.0", needs=["pure-one; python_version >= '3.13'", "old-python; python_version < '3.12'"]),
    Release("by-machine", "1.0", needs=["stable-abi; platform_machine == 'aarch64'", "intel; platform_machine == 'x86_64'"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wheels") / "with spaces"
    write_releases(path, RELEASES)
    return path


@pytest.fixture(params=["memory", "pip"])
def index(request: pytest.FixtureRequest, folder: Path) -> PackageIndex:
    if request.param == "memory":
        return MemoryPackages(RELEASES)
    return PipIndex(("--no-index", "--find-links", str(folder)))


def wheels(answer: IndexAnswer) -> list[tuple[str, str, bool]]:
    return [(wheel.distribution, wheel.version, wheel.requested) for wheel in answer.wheels]


def test_wheels_with_what_they_need_and_their_sizes(index: PackageIndex) -> None:
    answer = index.wheels(["needing==2.1"], ARM)
    assert wheels(answer) == [("needing", "2.1", True), ("pure-one", "1.0", False)]
    assert [wheel.unzipped_bytes for wheel in answer.wheels] == [unzipped(NEEDING), unzipped(PURE)]
    assert (answer.missing, answer.notes) == ((), ())


def test_extras_bring_what_they_need(index: PackageIndex) -> None:
    answer = index.wheels(["needing[more]>=2"], ARM)
    assert [name for name, _, _ in wheels(answer)] == ["extra-one", "needing", "pure-one"]


@pytest.mark.parametrize(
    ("line", "platform", "expected"),
    [
        ("both==1.0", ARM, Answer.YES),
        ("both==1.0", INTEL, Answer.YES),
        ("intel==1.0", INTEL, Answer.YES),
        ("intel", ARM, Answer.NO),
        ("stable-abi", ARM, Answer.YES),
        ("stable-abi", INTEL, Answer.NO),
        ("old-python==1.0", ARM, Answer.NO),
        ("too-new", ARM, Answer.NO),
        ("musl", ARM, Answer.NO),
        ("source-only==1.0", ARM, Answer.NO),
        ("needs-source", ARM, Answer.NO),
        ("other-python==1.0", ARM, Answer.NO),
        ("other-python==1.0", Platform("arm64", "3.11"), Answer.YES),
        ("pure-one==9.9", ARM, Answer.UNKNOWN),
        ("nobody-has-this", ARM, Answer.UNKNOWN),
        ("no requirement", ARM, Answer.UNKNOWN),
    ],
)
def test_whether_there_is_a_wheel(line: str, platform: Platform, expected: Answer, index: PackageIndex) -> None:
    answer = index.wheels([line], platform)
    assert [missing.answer for missing in answer.missing] == ([] if expected is Answer.YES else [expected])
    assert bool(answer.wheels) == (expected is Answer.YES)
    for missing in answer.missing:
        assert missing.requirement == line
        assert line.split("=")[0].split(" ")[0] in missing.reason
        assert "/" not in missing.reason


def test_what_has_no_wheel_keeps_no_other_from_its_answer(index: PackageIndex) -> None:
    lines = ["needing", "source-only", "both==1.0", "needs-source", "nobody-has-this"]
    answer = index.wheels(lines, ARM)
    assert wheels(answer) == [("both", "1.0", True), ("needing", "2.1", True), ("pure-one", "1.0", False)]
    assert [(missing.requirement, missing.answer) for missing in answer.missing] == [
        ("source-only", Answer.NO),
        ("needs-source", Answer.NO),
        ("nobody-has-this", Answer.UNKNOWN),
    ]


def test_markers_are_judged_for_the_platform_and_not_for_this_machine(index: PackageIndex) -> None:
    lines = ["by-marker", "by-machine"]
    assert [name for name, _, _ in wheels(index.wheels(lines, ARM))] == ["by-machine", "by-marker", "pure-one", "stable-abi"]  # fmt: skip
    assert [name for name, _, _ in wheels(index.wheels(lines, INTEL))] == ["by-machine", "by-marker", "intel", "pure-one"]  # fmt: skip


@pytest.mark.parametrize(
    "unreachable",
    [
        lambda: MemoryPackages(RELEASES, unreachable="the index cannot be reached"),
        lambda: PipIndex(("--index-url", "http://user:secret@127.0.0.1:9/simple", "--retries", "0")),
        lambda: PipIndex(python="/nowhere/python"),
        lambda: PipIndex(deadline_s=0.0),
    ],
    ids=["memory", "refused", "no pip", "no time"],
)
def test_an_index_that_cannot_be_asked_is_unknown(unreachable: Callable[[], PackageIndex]) -> None:
    answer = unreachable().wheels(["pure-one==1.0", "both"], ARM)
    assert answer.wheels == ()
    assert [missing.answer for missing in answer.missing] == [Answer.UNKNOWN, Answer.UNKNOWN]
    assert "secret" not in repr(answer) and "127.0.0.1" not in repr(answer)
