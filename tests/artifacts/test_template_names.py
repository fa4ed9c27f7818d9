"""Names that a template gives: accepted by AWS, apart from each other, and the same tomorrow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.artifacts.naming import hook_name, logical_id, service_name

IDENTIFIER = st.from_regex(r"[^\W\d]\w{0,40}", fullmatch=True).filter(str.isidentifier)
CANDIDATE = st.lists(IDENTIFIER, min_size=1, max_size=6).map(".".join)
# "Quotas" of Lambda, SQS and CloudFormation: function names of 64, queue names of 80, logical ids of letters and digits.
FUNCTION = re.compile(r"[a-zA-Z0-9_-]{1,64}")
QUEUE = re.compile(r"[a-zA-Z0-9_-]{1,80}")
LONGEST_STAGE = "a" * 16


@given(CANDIDATE)
@settings(max_examples=150)
def test_every_candidate_has_names_that_aws_takes(candidate: str) -> None:
    name = service_name(candidate)
    assert FUNCTION.fullmatch(name)
    assert FUNCTION.fullmatch(hook_name(name))
    assert hook_name(name).startswith("CodeDeployHook_")
    assert QUEUE.fullmatch(f"{name}-{LONGEST_STAGE}")
    assert re.fullmatch("[A-Za-z][A-Za-z0-9]{0,254}", logical_id(candidate))


@given(st.sets(CANDIDATE, min_size=2, max_size=8))
@settings(max_examples=80)
def test_two_candidates_never_share_one(candidates: set[str]) -> None:
    names = [service_name(candidate) for candidate in candidates]
    assert len(set(names)) == len(names)
    assert len({hook_name(name) for name in names}) == len(names)


def test_names_that_differ_only_in_what_is_lost_stay_apart() -> None:
    long = "shop." + "a_very_long_module_name." * 4
    alike = [f"{long}one", f"{long}two", "shop.Tax", "shop.tax", "shop.täx", "shop.tax_", "shop_tax", "shop._tax"]
    alike += [f"{long}v{number}" for number in range(40)]
    assert len({service_name(each) for each in alike}) == len(alike)
    assert len({hook_name(service_name(each)) for each in alike}) == len(alike)


PROGRAM = """
import hashlib, pathlib, sys, tempfile
from migrator.artifacts.service import make_template
from tests.artifacts.event_services import DJANGO, QUEUE
from tests.support.jobs import planned_job
for files, name in ((QUEUE, "shop.jobs.tell"), (DJANGO, "shop.views.tax")):
    with tempfile.TemporaryDirectory() as folder:
        planned = planned_job(pathlib.Path(folder), files, name, accepted_unresolved="seen")
        first, second = make_template(planned), make_template(planned)
        assert first == second
        print(hashlib.sha256(first.encode()).hexdigest())
"""


def test_an_unchanged_plan_changes_no_byte_of_its_template() -> None:
    """Nor in another process, where sets and hashes have another order."""
    root = Path(__file__).resolve().parents[2]
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert len(said.pop().split()) == 2
