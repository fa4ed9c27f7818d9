"""The published schema is current, accepts what the loader accepts, and sees mistakes of shape."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from ruamel.yaml import YAML

from migrator.router import RouterConfig, fragment_yaml, json_schema, parse_router, to_yaml
from migrator.router.schema import fragment_schema, published
from tests.router.test_write import configs
from tests.support.router_files import EXAMPLE, SMALLEST

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "reference"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
FRAGMENT = jsonschema.Draft202012Validator(fragment_schema())


def document(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_the_published_schema_is_current_and_a_schema() -> None:
    for name, text in published().items():
        assert (PUBLISHED / name).read_text(encoding="utf-8") == text, "run: make schema"
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.Draft202012Validator.check_schema(fragment_schema())


@pytest.mark.parametrize("text", [EXAMPLE, SMALLEST])
def test_it_accepts_the_examples(text: str) -> None:
    VALIDATOR.validate(document(text))


@given(configs())
def test_it_accepts_what_is_written(config: RouterConfig) -> None:
    VALIDATOR.validate(document(to_yaml(config)))
    FRAGMENT.validate(document(fragment_yaml(config, legacy_named=True)))


def test_a_file_that_includes_others_needs_no_routes_and_an_included_one_has_nothing_else() -> None:
    main = SMALLEST[: SMALLEST.index("routes:")]
    assert not VALIDATOR.is_valid(document(main))
    VALIDATOR.validate(document(f"{main}include: [routes/*.yaml]\n"))
    FRAGMENT.validate(document("version: 1\n" + SMALLEST[SMALLEST.index("routes:") :]))
    assert not FRAGMENT.is_valid(document(SMALLEST))
    assert not FRAGMENT.is_valid(document("version: 1\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 0", "weight: 101"),
        ("weight: 0", "wieght: 0"),
        ("kind: envoy", "kind: envy"),
        ("version: 1", "version: 2"),
        ("{path: /a}", "{path: /a, methods: [FETCH]}"),
        ("http://127.0.0.1:8000", "ftp://x"),
        ("{http: {path: /a}}", "{task: a.b}"),
    ],
)
def test_it_refuses_what_the_loader_refuses_by_shape(old: str, new: str) -> None:
    assert old in SMALLEST
    assert not VALIDATOR.is_valid(document(SMALLEST.replace(old, new)))


def test_the_examples_of_the_reference_are_good_files() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "router.md").read_text("utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [len(parse_router(example).entries) for example in examples] == [1, 3, 1]
