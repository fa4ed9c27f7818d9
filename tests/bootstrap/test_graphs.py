"""A call graph part by part: what each part's own says, as one, whichever process makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator import bootstrap
from migrator.domain.call_graphs import CallGraph, GraphCall, GraphNode, NodeKind, UnfollowedCall, joined
from migrator.domain.locations import Location

_PROGRAM = """
import smtplib

def send(address):
    smtplib.SMTP('localhost').sendmail('shop', address, 'text')
    unknown()

def send_all(addresses):
    for address in sorted(addresses):
        send(address)
"""
_LONG = "\n" * 3_000 + "LAST = 1\n"
"""What makes a part of its own of a small program."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("orders", "post"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "jobs.py").write_text(_PROGRAM + _LONG)
    return tmp_path


def _pairs(graph: CallGraph) -> set[tuple[str, str]]:
    return {(call.caller, call.callee) for call in graph.calls}


def test_the_parts_together_say_what_each_says_alone(tree: Path) -> None:
    together = bootstrap.call_graph(tree, jobs=1)
    assert together.root == str(tree)
    assert ("orders.jobs.send_all", "orders.jobs.send") in _pairs(together)
    assert ("post.jobs.send_all", "post.jobs.send") in _pairs(together)
    assert {call.caller for call in together.unresolved} == {"orders.jobs.send", "post.jobs.send"}
    for name, other in (("orders", "post"), ("post", "orders")):
        (tree / other / "jobs.py").rename(tree / other / "jobs.txt")
        alone = bootstrap.call_graph(tree, jobs=1)
        (tree / other / "jobs.txt").rename(tree / other / "jobs.py")
        assert set(alone.calls) == {call for call in together.calls if call.caller.startswith(name)}
        assert set(alone.nodes) <= set(together.nodes)


def test_processes_change_nothing(tree: Path) -> None:
    assert bootstrap.call_graph(tree, jobs=1) == bootstrap.call_graph(tree, jobs=2)


def test_it_tells_how_far_it_is(tree: Path) -> None:
    told: list[str] = []
    bootstrap.call_graph(tree, jobs=2, progress=lambda stage, done, total=None: told.append(stage))
    assert list(dict.fromkeys(told)) == ["reading files", "following calls, part by part"]


def _graph(name: str, line: int) -> CallGraph:
    place = Location(f"{name}.py", line, line, 1)
    nodes = (GraphNode("<builtin>.print", NodeKind.BUILTIN), GraphNode(name, NodeKind.MODULE, place))
    call = GraphCall(name, "<builtin>.print", place)
    return CallGraph("", nodes, (call,), (UnfollowedCall(name, "what", "not known", place),))


def test_what_programs_call_outside_of_the_tree_is_one_node_and_all_is_in_order() -> None:
    graph = joined("shop", [_graph("b", 2), _graph("a", 1)])
    assert graph.root == "shop"
    assert [node.name for node in graph.nodes] == ["<builtin>.print", "a", "b"]
    assert [call.caller for call in graph.calls] == ["a", "b"]
    assert [call.caller for call in graph.unresolved] == ["a", "b"]


def test_nothing_gives_an_empty_graph() -> None:
    assert joined("shop", []) == CallGraph("shop", (), ())
