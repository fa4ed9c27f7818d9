"""`migrator callgraph` as it is called: three formats of one graph."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator.cli.app import app

_PROGRAM = """
def low():
    print("x".strip())

def high():
    low()

high()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(_PROGRAM)
    return tmp_path


def _said(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["callgraph", *arguments, "--quiet", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_as_pycg_writes_it(program: Path) -> None:
    assert json.loads(_said(str(program), "--format", "pycg")) == {
        "<**PyStr**>.strip": [],
        "<builtin>.print": [],
        "main": ["main.high"],
        "main.high": ["main.low"],
        "main.low": ["<builtin>.print", "<**PyStr**>.strip"],
    }


def test_the_document_has_the_place_of_each_call(program: Path) -> None:
    graph = json.loads(_said(str(program)))
    assert graph["schema"] == "migrator.callgraph/1"
    call = next(call for call in graph["calls"] if call["callee"] == "main.low")
    assert (call["caller"], call["location"]["path"], call["location"]["line"]) == ("main.high", "main.py", 6)
    node = next(node for node in graph["nodes"] if node["name"] == "main.high")
    assert (node["kind"], node["location"]["line"]) == ("function", 5)


def test_dot_has_an_edge_for_each_call_and_quotes_names(program: Path) -> None:
    (program / "other.py").write_text("(lambda: None)()\n")
    text = _said(str(program), "--format", "dot")
    assert text.startswith("digraph calls {") and text.rstrip().endswith("}")
    assert '"main.high" -> "main.low";' in text
    assert '"other" -> "other.<lambda1>";' in text
    assert all(re.fullmatch(r'  "[^"]*"( -> "[^"]*"| \[shape=\w+\]);', line) for line in text.splitlines()[3:-1])


def test_the_graph_is_the_same_whatever_the_number_of_processes(program: Path) -> None:
    assert _said(str(program)) == _said(str(program), "--jobs", "2")


def test_what_a_library_runs_of_a_class_is_no_call_of_the_tree(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text(
        "from django.views import View\n\n"
        "def total():\n    return 1\n\n"
        "class Orders(View):\n    def get(self, request):\n        return total()\n"
    )
    (tmp_path / "urls.py").write_text(
        "from django.urls import path\nfrom views import Orders\nurlpatterns = [path('orders/', Orders.as_view())]\n"
    )
    graph = json.loads(_said(str(tmp_path), "--format", "pycg"))
    assert graph["views.Orders.get"] == ["views.total"]
    assert [caller for caller, callees in graph.items() if "views.Orders.get" in callees] == []
