"""The seam at every place of a file that can take it, and the generated module loaded as legacy code would."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import libcst as cst

from migrator.artifacts.rendering import render
from migrator.artifacts.seam.adding import TEMPLATE
from migrator.artifacts.seam.insertions import import_line, insert
from migrator.artifacts.seam.reading import Parsed
from migrator.artifacts.seam.sites import find_calls, find_registration, find_sends, nodes
from tests.support.moto import client

PACKAGE = "shop"
CALLS, SENDS, ROUTES = "shop.every.call", "shop.every.send", "shop.every.route"
_numbers = itertools.count()


def everywhere(data: bytes) -> tuple[bytes, int]:
    """The file with each call, each send and each decorated function routed, and how many there are.

    Raises:
        Unreadable: the file cannot take the seam.
    """
    parsed = Parsed(data)
    found = [
        find_calls(parsed, lambda node: True, CALLS),
        find_sends(parsed, lambda node: True, SENDS, with_results=True),
    ]
    for node in nodes(parsed.module, cst.FunctionDef):
        line = parsed.line(parsed.span(node.name)[0])
        below = frozenset(parsed.line(parsed.span(each)[0]) for each in node.decorators[:1])
        found.append(find_registration(parsed, line, ROUTES, "routed", below=below))
    insertions = [piece for sites in found for piece in sites.insertions]
    if not insertions:
        return data, 0
    text = insert(parsed.text, (*import_line(parsed, PACKAGE), *insertions))
    return parsed.source.encode(text), sum(len(sites.lines) for sites in found)


@contextmanager
def loaded(folder: Path, routes: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """The generated module, with its files in a folder.

    Args:
        routes: of the weights file; None for no file.
    """
    path = folder / "migrator_seam.py"
    path.write_text(render(TEMPLATE, {}), "utf-8")
    if routes is not None:
        give_weights(folder, routes)
    name = f"migrator_seam_{next(_numbers)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


def give_weights(folder: Path, routes: Mapping[str, Any]) -> None:
    """Replace the weights file as a router does: by a rename."""
    new = folder / "migrator_seam.json.new"
    new.write_text(json.dumps({"schema": "migrator.weights/1", "routes": dict(routes)}), "utf-8")
    new.replace(folder / "migrator_seam.json")


def claims_table(url: str, name: str) -> None:
    """The table of claims, in a server that answers like DynamoDB."""
    client("dynamodb", url).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def log_of(folder: Path) -> list[dict[str, Any]]:
    """What the module wrote down."""
    path = folder / "migrator_seam.log"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
