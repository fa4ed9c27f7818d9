"""What an index says of a service decides its target; nobody is asked unless told."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.checks import checks
from migrator.artifacts import deployed, make_artifacts
from migrator.domain.plans import Target
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from tests.support.memory_packages import MemoryPackages
from tests.support.slices import planned
from tests.support.wheels import Release

ANY = ("py3-none-any",)
INTEL = ("cp313-cp313-manylinux_2_17_x86_64",)


def cut_out(folder: Path) -> PlannedSlice:
    files = {
        "shop.py": "import numpy\n\n\n@route\ndef view():\n    return str(numpy.pi)\n",
        "requirements.txt": "numpy==2.0\n",
    }
    return planned(folder, files, "shop.view")


def index(numpy: Release, powertools: Release | None = None) -> MemoryPackages:
    return MemoryPackages([numpy, powertools or Release("aws-lambda-powertools", "3.20.0", ANY)])


def test_unasked_the_plan_says_that_it_is_unknown(tmp_path: Path) -> None:
    assert cut_out(tmp_path).plan.packaging == "unknown: no package index was asked"


def test_a_wheel_for_one_architecture_decides_it(tmp_path: Path) -> None:
    made = deployed(cut_out(tmp_path), index(Release("numpy", "2.0", INTEL)))
    assert (made.plan.target, made.plan.architecture) == (Target.ZIP, "x86_64")
    assert made.plan.packaging.startswith("x86_64 because")
    assert "Architectures: [x86_64]" in make_artifacts(made).files["template.yaml"]


def test_the_handler_has_requirements_too(tmp_path: Path) -> None:
    powertools = Release("aws-lambda-powertools", "3.20.0", INTEL)
    assert deployed(cut_out(tmp_path), index(Release("numpy", "2.0", ANY), powertools)).plan.architecture == "x86_64"


def test_what_does_not_fit_a_zip_is_refused_with_its_reason(tmp_path: Path) -> None:
    made = deployed(cut_out(tmp_path), index(Release("numpy", "2.0", ANY, size=251 * 1024 * 1024)))
    assert made.plan.target is Target.IMAGE
    with pytest.raises(Refused, match="above the 250 MB of a zip"):
        make_artifacts(made)


def test_a_check_asks_only_an_index_that_it_is_given() -> None:
    assert "packages" not in checks()
    assert "packages" in checks(index=MemoryPackages([]))
