"""Facts of the cloud: each has its source and its day, and what the code asks for is there."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest

import migrator
from migrator.cloud_facts import facts, http_paths, lambda_prices, load_balancers
from migrator.cloud_facts.checkov_skips import skips
from migrator.cloud_facts.facts import Fact, all_facts, fact, least, most, number

PACKAGE = Path(migrator.__file__).parent
FACTS = tuple(all_facts())
# Asked for in the code: `most("lambda.timeout_s")` and its siblings.
ASKED = re.compile(r"""\b(?:fact|most|least|number)\(\s*f?["']([a-z_]+\.[^"']+)["']""")


@pytest.mark.parametrize("each", FACTS, ids=lambda each: each.name)
def test_a_fact_has_a_source_a_day_and_a_number(each: Fact) -> None:
    assert each.source.startswith("https://")
    assert datetime.date(2024, 1, 1) < each.checked <= datetime.date.today()
    assert (each.value is None) != (each.most is None)
    assert each.least is None or each.most is None or each.least < each.most
    assert each.default is None or (each.least or 0) <= each.default <= (each.most or 0)


def test_every_file_is_read_by_somebody() -> None:
    files = {path.stem for path in (PACKAGE / "cloud_facts").glob("*.toml")}
    others = {stem for stem in files - {*facts.FILES} if not re.search(rf"\b{stem}\b", _code())}
    assert set(facts.FILES) <= files
    assert not others


def test_what_the_code_asks_for_is_there() -> None:
    names = {name for name in ASKED.findall(_code()) if "{" not in name}
    assert {"lambda_prices.million_requests", "load_balancers.priority"} <= names
    assert names <= {each.name for each in FACTS}


def test_each_path_to_a_function_has_its_sources() -> None:
    for word, table in facts.read_table("http_paths").items():
        assert table["checked"] <= datetime.date.today()
        told = [part for part in table.values() if isinstance(part, dict)]
        assert len(told) == 5, word
        assert all(part["source"] and part["statuses"] for part in told), word
    assert http_paths.PATHS["rest-api"].timeout_s == most("api_gateway.rest_timeout_s")
    assert http_paths.PATHS["http-api"].timeout_s == most("api_gateway.http_timeout_s")
    assert http_paths.PATHS["function-url"].request_bytes == most("lambda.sync_payload_bytes")


def test_numbers_that_hang_together_agree() -> None:
    assert most("sqs.visibility_s") == 12 * 60 * 60
    assert lambda_prices.PER_GB_SECOND["arm64"] < lambda_prices.PER_GB_SECOND["x86_64"]
    assert load_balancers.STICKY_S == (1, 7 * 24 * 60 * 60)
    assert load_balancers.RESOLUTION == 100 / 500 and most("load_balancers.weight") > 500
    assert fact("sqs.retention_s").default == 4 * 24 * 60 * 60
    assert least("lambda.memory_mb") == 128 and number("lambda.vcpu_mb") == 1769


def test_a_fact_that_is_not_there_is_a_mistake_of_the_program() -> None:
    for name in ("lambda.no_such_thing", "no_such_file.timeout_s", "http_paths.http-api"):
        with pytest.raises(KeyError):
            fact(name)
    with pytest.raises(KeyError):
        most("lambda.vcpu_mb")
    with pytest.raises(KeyError):
        number("lambda.timeout_s")


def test_facts_load_nothing_else_of_the_program() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, migrator.cloud_facts.facts; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in seen.stdout.split() if name.startswith("migrator.")}
    assert loaded == {"migrator.cloud_facts", "migrator.cloud_facts.facts"}


def _code() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py")))


def test_rules_that_need_not_hold_are_few_and_each_has_its_reason() -> None:
    assert 0 < len(skips()) <= 8
    assert len({skip.id for skip in skips()}) == len(skips())
    for skip in skips():
        assert re.fullmatch(r"CKV2?_AWS_\d+", skip.id)
        assert len(skip.reason) > 40 and skip.rule
        assert skip.source.startswith("https://") and skip.checked <= datetime.date.today()
