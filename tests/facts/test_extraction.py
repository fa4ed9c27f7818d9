"""Facts of one module: what each construct becomes, and that no text makes the extractor fail."""

from __future__ import annotations

import ast
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.assessments import Skipped
from migrator.facts import extract_facts, facts_of, facts_through_libcst
from migrator.facts.expressions import (
    Attribute,
    Call,
    Collection,
    Comparison,
    Constant,
    Dictionary,
    Element,
    Entered,
    Instance,
    Name,
    Opaque,
    Starred,
    Subscript,
    Unary,
    asked_whether_none,
    behind_not,
)
from migrator.facts.older_syntax import lowered_text
from migrator.facts.records import (
    Bind,
    Define,
    Evaluate,
    How,
    Import,
    ModuleFacts,
    ParameterKind,
    RegionKind,
    Return,
    Scope,
    Store,
    Use,
)
from tests.support.programs import facts_in, file_of, tree_of


def scope(text: str, name: str) -> Scope:
    return next(found for found in facts_in(text).scopes if found.name == name)


def binds(text: str, name: str = "") -> dict[str, object]:
    return {step.name: step.value for step in scope(text, name).steps if isinstance(step, Bind)}


def test_scopes_are_named_as_python_names_them() -> None:
    text = (
        "class A:\n    class B:\n        def m(self):\n            def inner(): ...\n            return lambda: inner\n"
    )
    found = facts_in(text).scopes
    assert [item.name for item in found] == [
        "",
        "A",
        "A.B",
        "A.B.m",
        "A.B.m.<locals>.inner",
        "A.B.m.<locals>.<lambda:5>",
    ]
    assert [item.parent for item in found] == [-1, 0, 1, 2, 3, 3]


def test_definition_stands_at_its_def() -> None:
    found = scope("@one\n@two(3)\nasync def f(\n    a,\n):\n    return a\n", "f")
    assert (found.line, found.end_line, found.column, found.is_async) == (3, 6, 1, True)
    assert [type(decorator) for decorator in found.decorators] == [Name, Call]


def test_parameters() -> None:
    found = scope("def f(a, /, b: int = 1, *rest, c, d=None, **more): ...", "f").parameters
    assert [(item.name, item.kind, item.default) for item in found] == [
        ("a", ParameterKind.POSITIONAL, None),
        ("b", ParameterKind.STANDARD, Constant(1)),
        ("rest", ParameterKind.VARIADIC, None),
        ("c", ParameterKind.KEYWORD, None),
        ("d", ParameterKind.KEYWORD, Constant(None)),
        ("more", ParameterKind.MAPPING, None),
    ]
    assert found[1].annotation == Name("int", 1, 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b", Import("a", "a.b", "", 0, 1, 1)),
        ("import a", Import("a", "a", "", 0, 1, 1)),
        ("import a.b as c", Import("c", "a", "b", 0, 1, 1)),
        ("import a as c", Import("c", "a", "", 0, 1, 1)),
        ("from a import b as c", Import("c", "a", "b", 0, 1, 1)),
        ("from ..a import b", Import("b", "a", "b", 2, 1, 1)),
        ("from . import b", Import("b", "", "b", 1, 1, 1)),
        ("from a import *", Import("*", "a", "*", 0, 1, 1)),
    ],
)
def test_imports(text: str, expected: Import) -> None:
    assert scope(text, "").steps == (expected,)


def test_bindings() -> None:
    found = binds(
        "a, (b, *c) = f()\nfor d in xs: ...\nwith m() as e: ...\ntry: ...\nexcept E as g: ...\n[h for h in ys]\n(i := 1)\n"
    )
    assert found["a"] == Subscript(found["a"].value, Constant(0), 1, 1)  # type: ignore[attr-defined]
    assert isinstance(found["b"], Subscript)
    assert isinstance(found["c"], Subscript)
    assert isinstance(found["d"], Element)
    assert isinstance(found["e"], Entered)
    assert found["g"] == Instance(Name("E", 5, 8))
    assert isinstance(found["h"], Element)
    assert found["i"] == Constant(1)


def test_changes_of_objects() -> None:
    found = [step for step in scope("a.b = 1\na['c'] += 2\ndel a.d\n", "").steps if isinstance(step, Store)]
    assert [(type(step.target), step.how) for step in found] == [
        (Attribute, How.ASSIGN),
        (Subscript, How.AUGMENT),
        (Attribute, How.DELETE),
    ]


def test_isinstance_is_evidence_of_a_type() -> None:
    found = [step for step in scope("if isinstance(x, T): x.y()", "").steps if isinstance(step, Bind)]
    assert [(step.name, step.value, step.how) for step in found] == [("x", Instance(Name("T", 1, 18)), How.NARROW)]


def test_place_of_a_call_in_a_chain_is_the_line_of_its_name() -> None:
    found = binds("x = (a\n     .b()\n     .c())\n")["x"]
    assert isinstance(found, Call)
    assert found.line == 3
    assert found.func.value.line == 2  # type: ignore[union-attr]


def test_constants_are_folded_and_cut() -> None:
    found = binds("a = 2 * 60 * 60\nb = 'x' + 'y'\nc = 10 ** 10 ** 10\nd = -1\ne = '" + "z" * 5000 + "'\n")
    assert (found["a"], found["b"], found["d"]) == (Constant(7200), Constant("xy"), Constant(-1))
    assert not isinstance(found["c"], Constant)
    assert len(found["e"].value) == 1000  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "endless"),
    [
        ("while True:\n    f()", True),
        ("while 1:\n    for x in y:\n        break", True),
        ("while True:\n    def g():\n        return 1", True),
        ("while True:\n    if x:\n        break", False),
        ("while True:\n    for x in y:\n        pass\n    else:\n        break", False),
        ("while True:\n    try:\n        f()\n    except E:\n        return", False),
        ("while True:\n    match x:\n        case 1:\n            raise E", False),
        ("while x:\n    f()", False),
    ],
)
def test_endless_loops(text: str, endless: bool) -> None:
    body = "def f():\n" + "".join(f"    {line}\n" for line in text.splitlines())
    kinds = {region.kind for region in scope(body, "f").regions}
    assert (RegionKind.ENDLESS in kinds) is endless


def test_quoted_annotations_are_read() -> None:
    assert scope("def f(x: 'a.B | None'): ...", "f").parameters[0].annotation is not None
    assert scope("def f(x: 'not code ('): ...", "f").parameters[0].annotation is None


def evaluated(text: str) -> list[Evaluate]:
    return [step for step in scope(text, "").steps if isinstance(step, Evaluate)]


def test_operators_keep_their_names_and_places() -> None:
    text = "x < 1 not in y\n-x\nnot x\n"
    compared, negative, denied = (step.value for step in evaluated(text))
    assert compared == Comparison(("Lt", "NotIn"), (Name("x", 1, 1), Constant(1), Name("y", 1, 14)), 1, 1)
    assert negative == Unary("USub", Name("x", 2, 2), 2, 1)
    assert denied == Unary("Not", Name("x", 3, 5), 3, 1)
    assert behind_not(denied) == Name("x", 3, 5)
    assert behind_not(negative) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [("x is None", True), ("x == None", True), ("x is not None", False), ("x is y", False), ("x in None", False)],
)
def test_questions_for_none(text: str, asks: bool) -> None:
    (step,) = evaluated(text)
    assert (asked_whether_none(step.value) == Name("x", 1, 1)) is asks


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("if x: ...", [Use.TEST]),
        ("if x: ...\nelif x: ...", [Use.TEST, Use.TEST]),
        ("while x: ...", [Use.TEST]),
        ("assert x, x", [Use.TEST, Use.DROP]),
        ("match x:\n    case y if x: ...", [Use.DROP, Use.TEST]),
        ("x()", [Use.DROP]),
        ("raise x from y", [Use.RAISE, Use.RAISE]),
    ],
)
def test_what_becomes_of_a_value(text: str, uses: list[Use]) -> None:
    assert [step.use for step in evaluated(text)] == uses


def test_changes_in_place_keep_their_operator() -> None:
    steps = scope("x += 1\nx.y -= 1\nx[0] |= 1\nx = 1\n", "").steps
    found = [(step.how, step.operator) for step in steps if isinstance(step, Bind | Store)]
    augmented = [(How.AUGMENT, name) for name in ("Add", "Sub", "BitOr")]
    assert found == [*augmented, (How.ASSIGN, "")]


def test_texts_keep_how_their_values_are_written() -> None:
    (step,) = evaluated("f'{x}{x!s}{x!r}{x!a}{x!r:>{y}}'")
    assert isinstance(step.value, Opaque)
    first, *others = step.value.parts
    assert isinstance(first, Name)
    assert [part.kind for part in others if isinstance(part, Opaque)] == ["str", "repr", "repr", "format"]
    formatted = others[-1]
    assert isinstance(formatted, Opaque)
    assert isinstance(formatted.parts[0], Opaque)
    assert formatted.parts[0].kind == "repr"


def test_match_binds_its_names() -> None:
    found = binds("match x:\n    case A(b, c=[d, *e]) as f: ...\n    case {'k': g, **h} | i: ...\n")
    assert set(found) == {"d", "e", "f", "g", "h", "b", "i"}
    assert found["f"] == Instance(Name("A", 2, 10))
    assert found["g"] == Subscript(Name("x", 1, 7), Constant("k"), 3, 16)
    assert found["h"] == Dictionary(((None, Name("x", 1, 7)),), 3, 10)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("*x, = y", None, None),
        ("*x, a = y", 0, -1),
        ("a, *x = y", 1, None),
        ("a, *x, b, c = y", 1, -2),
        ("for a, *x in y: ...", 1, None),
        ("match y:\n    case [a, *x, b]: ...", 1, -1),
    ],
)
def test_a_starred_target_gets_a_list_of_what_is_left(text: str, lower: int | None, upper: int | None) -> None:
    found = binds(text)["x"]
    if lower is not None:
        assert isinstance(found, Subscript)
        assert found.key == Opaque("slice", (Constant(lower), Constant(upper), Constant(None)))
        found = found.value
    assert isinstance(found, Collection)
    assert found.kind == "list"
    assert isinstance(found.items[0], Starred)


def test_targets_behind_a_star_count_from_the_end() -> None:
    found = binds("a, *x, b, c = y")
    keys = [value.key for name in "abc" if isinstance(value := found[name], Subscript)]
    assert keys == [Constant(0), Constant(-2), Constant(-1)]


def test_facts_cross_processes() -> None:
    facts = facts_in("class A:\n    def f(self, x=1):\n        return [y for y in x if self.z(y)]\n")
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_workers_change_nothing() -> None:
    # Long enough that processes are worth their start.
    long = f"# {'x' * 200_000}\n"
    modules = {f"m{number}": f"{long}def f{number}(): return g({number})\n" for number in range(9)}
    tree = tree_of(modules | {"bad": "def ("})
    assert extract_facts(tree, jobs=2) == extract_facts(tree, jobs=1)


# Input that is not what it should be


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x = 1\ndef (:\n", 2, "syntax error"),
        ("print 'two'\n", 1, "syntax error"),
        ("x = 1\ny = '\0'\n", 2, "contains a null byte"),
    ],
)
def test_unreadable_text_is_a_finding(text: str, line: int, reason: str) -> None:
    found = facts_of(file_of("app", text))
    assert isinstance(found, Skipped)
    assert found.line == line
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["f()"] * 3000),
        "x = " + "not " * 150 + "f()",
        "x = a" + ".b()" * 900,
        "if a:\n    f()\n" + "elif b:\n    g()\n" * 3000,
        "x = " + "1 if a else " * 1500 + "f()",
        "x = " + "[" * 90 + "f()" + "]" * 90,
        "".join(" " * depth + f"def f{depth}():\n" for depth in range(90)) + " " * 90 + "g()\n",
    ],
    ids=["sum", "not", "chain", "elif", "conditional", "lists", "functions"],
)
def test_deep_nesting_does_not_fail(text: str) -> None:
    found = facts_of(file_of("app", text))
    assert isinstance(found, ModuleFacts | Skipped)


def test_too_deep_an_expression_keeps_its_calls() -> None:
    found = facts_in("x = a" + ".b()" * 900 + "\ny = c()\n")
    assert found.findings
    assert repr(found.scopes).count("attr='b'") == 900
    assert "id='c'" in repr(found.scopes)


NEWER = """
type Pair[T] = tuple[T, T]
def first[T: int](x: T) -> T:
    try:
        y = f"{x["a"]!r:>{g("q")}} {
            h(1)
        } z"
    except A, B:
        pass
    return w(f"{'a' + "b"}" "lit" f"{k()}")
class C[T](Base):
    def m(self): return last()
"""


def test_newer_syntax_is_lowered_line_by_line() -> None:
    lowered = lowered_text(NEWER)
    ast.parse(lowered)
    assert lowered.count("\n") == NEWER.count("\n")
    facts = facts_in(NEWER)
    assert [(item.name, item.line) for item in facts.scopes[1:]] == [("first", 3), ("C", 11), ("C.m", 12)]
    text = repr(facts.scopes)
    assert all(f"id='{name}'" in text for name in ("g", "h", "w", "k", "last"))


@pytest.mark.parametrize(
    "text",
    [
        "x = f'{a!r:>{b()}}'\n",
        "def f(a, /, *, b: 'int' = 1, **c): return [*a, {**c, 'k': b}]\n",
        "async def f():\n    async with a() as b, c():\n        async for d in b:\n            await d\n",
        "# ä\nclass A(B, metaclass=C):\n\tx: int = 1\n\tdef f(self): yield from self.x\n",
    ],
)
def test_both_ways_in_agree(text: str) -> None:
    file = file_of("app", text)
    assert repr(facts_of(file)) == repr(facts_through_libcst(file))


WORDS = st.sampled_from(
    [
        "def",
        "class",
        "if",
        "else",
        "elif",
        "while",
        "for",
        "in",
        "try",
        "except",
        "finally",
        "with",
        "as",
        "return",
        "yield",
        "await",
        "async",
        "lambda",
        "import",
        "from",
        "global",
        "nonlocal",
        "del",
        "raise",
        "assert",
        "match",
        "case",
        "pass",
        "break",
        "continue",
        "not",
        "and",
        "or",
        "is",
        "None",
        "True",
        "a",
        "b",
        "c",
        "f",
        "1",
        "'x'",
        "f'{a}'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ".",
        "=",
        "+=",
        ":=",
        "->",
        "*",
        "**",
        "@",
        "+",
        "-",
        "/",
        "|",
        "==",
        "\n",
        "\t",
        "\n",
        "\n    ",
        "    ",
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_reading_fail(text: str) -> None:
    found = facts_of(file_of("app", text))
    assert isinstance(found, ModuleFacts | Skipped)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_source_does_not_fail(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NEWER)))
    length = data.draw(st.integers(0, 30))
    text = NEWER[:at] + data.draw(st.text(max_size=3)) + NEWER[at + length :]
    assert isinstance(facts_of(file_of("app", text)), ModuleFacts | Skipped)


def test_every_step_of_a_scope_is_in_the_order_of_the_text() -> None:
    steps = scope("import a\nb = a\ndef c(): return b\nc()\n", "").steps
    assert [type(step).__name__ for step in steps] == ["Import", "Bind", "Define", "Evaluate"]
    assert isinstance(steps[2], Define)
    assert isinstance(scope("def c(): return b", "c").steps[0], Return)
    assert not any(isinstance(step, Opaque) for step in steps)
