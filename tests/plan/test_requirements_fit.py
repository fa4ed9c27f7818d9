"""Which kind of function the requirements of a slice need."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from migrator.domain.plans import Requirement, Target
from migrator.plan.requirements import (
    Answer,
    AvailableWheel,
    IndexAnswer,
    MissingWheel,
    Platform,
    deployment_of,
    fit_of,
)
from tests.support.memory_packages import MemoryPackages
from tests.support.wheels import Release

MB = 1024 * 1024
ARM, INTEL = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
INDEX = MemoryPackages(
    [
        Release("pure", "1.0"),
        Release("both", "1.0", [ARM, INTEL]),
        Release("arm", "1.0", [ARM]),
        Release("intel", "1.0", [INTEL]),
        Release("needs-intel", "1.0", needs=["intel"]),
        Release("source", "1.0", [], source=True),
        Release("psycopg2", "1.0", [], source=True),
        Release("huge", "1.0", size=251 * MB),
    ]
)


class Sized:
    """An index whose wheels have a size that is made up, None for an unknown one."""

    def __init__(self, **sizes: int | None) -> None:
        self._sizes = sizes

    def wheels(self, requirements: Sequence[str], platform: Platform) -> IndexAnswer:
        return IndexAnswer(tuple(AvailableWheel(name, "1.0", size, True) for name, size in self._sizes.items()))


def wanted(*names: str, version: str = "1.0") -> list[Requirement]:
    return [Requirement(name, version, "") for name in names]


@pytest.mark.parametrize(
    ("names", "target", "architecture", "says"),
    [
        ([], Target.ZIP, "arm64", "everything has wheels for arm64; 0 of 250 MB unzipped"),
        (["pure", "both", "arm"], Target.ZIP, "arm64", "everything has wheels for arm64; 0 of 250 MB unzipped"),
        (["pure", "intel"], Target.ZIP, "x86_64", "x86_64 because intel==1.0 has no wheel for arm64"),
        (["needs-intel"], Target.ZIP, "x86_64", "x86_64 because needs-intel needs intel has no wheel for arm64"),
        (["source"], Target.IMAGE, "arm64", "because source==1.0 has no wheel for arm64 and Python 3.13; and for x86_64 source==1.0 has no wheel"),
        (["arm", "intel"], Target.IMAGE, "arm64", "for x86_64 arm==1.0 has no wheel for x86_64"),
        (["pure", "nobody"], Target.ZIP, "arm64", "as long as nothing speaks against it: the index has no nobody==1.0; the size unzipped is unknown"),
        (["intel", "nobody"], Target.IMAGE, "arm64", "and for x86_64 the index has no nobody==1.0"),
        (["huge"], Target.IMAGE, "arm64", "251 MB unzipped are above the 250 MB of a zip, most of it huge"),
    ],
)  # fmt: skip
def test_the_kind_of_function_and_why(names: list[str], target: Target, architecture: str, says: str) -> None:
    found = deployment_of(wanted(*names), INDEX)
    assert (found.target, found.architecture) == (target, architecture)
    assert says in found.reason
    assert found.fits[0].platform.architecture == architecture


@pytest.mark.parametrize(
    ("sizes", "own", "expected", "total"),
    [
        ({"a": 262_144_000}, 0, Answer.YES, 262_144_000),
        ({"a": 262_144_000}, 1, Answer.NO, 262_144_000),
        ({"a": 200 * MB, "b": 51 * MB}, 0, Answer.NO, 251 * MB),
        ({"a": 1, "b": None}, 0, Answer.UNKNOWN, None),
        ({"a": 251 * MB, "b": None}, 0, Answer.NO, None),
    ],
)
def test_the_limit_of_a_zip(sizes: dict[str, int | None], own: int, expected: Answer, total: int | None) -> None:
    fit = fit_of(wanted("a"), Sized(**sizes))
    assert (fit.in_zip(own), fit.unzipped_bytes) == (expected, total)


def test_what_is_not_from_an_index_is_not_asked_of_one() -> None:
    fit = fit_of([*wanted("own", version="@ git+https://host/own"), *wanted("pure", version=">=1")], INDEX)
    assert [wheel.distribution for wheel in fit.wheels] == ["pure"]
    assert fit.missing == (MissingWheel("own", Answer.UNKNOWN, "own is not taken from an index"),)
    assert (fit.has_wheels, fit.unzipped_bytes) == (Answer.UNKNOWN, None)


@pytest.mark.parametrize(
    ("architecture", "python", "newest", "oldest"),
    [
        ("arm64", "3.13", "manylinux_2_34_aarch64", "manylinux2014_aarch64"),
        ("x86_64", "3.13", "manylinux_2_34_x86_64", "manylinux1_x86_64"),
        ("arm64", "3.11", "manylinux_2_26_aarch64", "manylinux2014_aarch64"),
    ],
)
def test_what_a_runtime_can_load(architecture: str, python: str, newest: str, oldest: str) -> None:
    tags = Platform(architecture, python).tags
    assert (tags[0], tags[-1]) == (newest, oldest)
    assert len(set(tags)) == len(tags)


def test_what_provides_the_same_import_is_named() -> None:
    fit = fit_of(wanted("psycopg2", "source"), INDEX)
    assert [missing.reason for missing in fit.missing] == [
        "psycopg2==1.0 has no wheel for arm64 and Python 3.13 (psycopg2-binary provides the same import)",
        "source==1.0 has no wheel for arm64 and Python 3.13",
    ]
