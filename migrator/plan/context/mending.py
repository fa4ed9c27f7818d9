"""Makes the ambient context of one candidate explicit, as far as that is safe.

In: a `SourceTree`, the part of the call graph that reaches ambient context. Out: a `Mend`: new text by path, what
changed, and what is left with its reason. Nothing is written, and no verdict is given: that takes another analysis.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from migrator.plan.context.calls import Mentions
from migrator.plan.context.deciding import decide
from migrator.plan.context.decisions import Decision, Mode
from migrator.plan.context.editing import edit
from migrator.plan.context.modules import Modules
from migrator.plan.context.values import ContextGraph, Left, Mend, Mended
from migrator.source import SourceTree


def mend(tree: SourceTree, graph: ContextGraph, other_texts: Callable[[], Iterable[str]] = tuple) -> Mend:
    """The change that turns reads of ambient context into parameters.

    Args:
        other_texts: texts of Python files of the monolith that the tree leaves out, such as its tests: what they name
            keeps its signature. Asked for at most once, when it is needed.
    """
    modules = Modules(tree)
    decided = decide(graph, modules, Mentions(tree, other_texts))
    texts = dict(edit(decided.decisions, modules))
    left = list(decided.left)
    if broken := [path for path, text in texts.items() if not _parses(text)]:
        # What cannot be parsed is never written; the edits belong together.
        place = graph.functions[graph.candidate].location
        return Mend(graph.candidate, {}, (), (*left, Left(place, f"the edits of {broken[0]} do not go together")))
    first = decided.decisions.get(graph.candidate)
    behind = _name(first) if first is not None and first.mode is Mode.SPLIT else ""
    return Mend(graph.candidate, texts, tuple(_mended(decided.decisions)), tuple(left), behind)


def _mended(decisions: Mapping[str, Decision]) -> Iterator[Mended]:
    for name, decision in decisions.items():
        if decision.mode is not Mode.EDGE:
            # An earlier mend, of another candidate, may have done a part of the work.
            split = decision.mode in (Mode.SPLIT, Mode.MOVED)
            reads = len(decision.parameters if decision.mode is Mode.MOVED else decision.taken)
            yield Mended(name, _name(decision), decision.parameters, reads, split)


def _name(decision: Decision) -> str:
    owner, dot, _ = decision.function.name.rpartition(".")
    return f"{owner}{dot}{decision.new_name}"


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
