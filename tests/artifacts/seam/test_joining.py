"""What git cannot merge because two candidates are too near, and what stays with people."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.artifacts.seam.insertions import import_line, insert
from migrator.artifacts.seam.joining import joined_seams
from migrator.artifacts.seam.reading import Parsed
from migrator.artifacts.seam.removal import remove, uses
from migrator.artifacts.seam.sites import find_registration, find_sends
from tests.artifacts.seam.test_merging import FILES, TASKS, branch, repository, route
from tests.support.branches import git, merge

PACKAGE = "shop"


def seamed(data: bytes, *names: str) -> bytes:
    """The file with the sends of tasks routed; a task is named as it is sent."""
    for name in names:
        data = _routed(data, name)
    return data


def _routed(data: bytes, name: str) -> bytes:
    parsed = Parsed(data)
    found = find_sends(parsed, lambda node: parsed.module.code_for_node(node) == name, f"shop.{name}")
    assert found.insertions, name
    return parsed.source.encode(insert(parsed.text, (*import_line(parsed, PACKAGE), *found.insertions)))


def decorated(data: bytes, *functions: str) -> bytes:
    for function in functions:
        parsed = Parsed(data)
        line = next(n for n, text in enumerate(parsed.text.splitlines(), 1) if f"def {function}(" in text)
        found = find_registration(parsed, line, f"shop.{function}", "routed", below=frozenset())
        data = parsed.source.encode(insert(parsed.text, (*import_line(parsed, PACKAGE), *found.insertions)))
    return data


NEAR = b"import a, b\n\n\ndef f():\n    a.delay(1)\n    b.delay(2); a.delay(3)\n    return 4\n"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_adjacent_lines_and_one_line_take_both(ending: bytes) -> None:
    base = NEAR.replace(b"\n", ending)
    ours, theirs = seamed(base, "a"), seamed(base, "b")
    made = joined_seams(base, ours, theirs)
    assert made == joined_seams(base, theirs, ours) == seamed(base, "a", "b")
    assert remove(made, None, PACKAGE).data == base
    assert remove(made, "shop.a", PACKAGE).data == theirs


def test_decorators_of_one_function_stand_one_above_the_other() -> None:
    base = b"@task\ndef f():\n    pass\n@task\ndef g():\n    pass\n"
    made = joined_seams(base, decorated(base, "f"), decorated(base, "g"))
    assert made == decorated(base, "f", "g")


def test_what_people_changed_on_one_side_stays() -> None:
    theirs = seamed(NEAR.replace(b"return 4", b"return 5").replace(b"def f", b"X = 1\n\n\ndef f"), "b")
    made = joined_seams(NEAR, seamed(NEAR, "a"), theirs)
    assert made is not None
    assert remove(made, "shop.a", PACKAGE).data == theirs
    assert [use.name for use in uses(Parsed(made))] == ["shop.a", "shop.b", "shop.a"]
    assert joined_seams(NEAR, theirs, seamed(NEAR, "a")) == made


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (NEAR.replace(b"return 4", b"return 5"), NEAR.replace(b"a, b", b"b, a")),
        (NEAR, NEAR.replace(b"a.delay(1)", b"a.delay(100)")),
        (NEAR, b"def broken(:\n    migrator_seam\n"),
    ],
)
def test_what_people_changed_on_both_sides_or_in_a_routed_line_is_theirs(ours: bytes, theirs: bytes) -> None:
    with_b = theirs if b"broken" in theirs else seamed(theirs, "b")
    assert joined_seams(NEAR, seamed(ours, "a"), with_b) is None


names = st.sampled_from(["a", "b", "c"])
lines = st.lists(st.lists(names, min_size=0, max_size=3), min_size=1, max_size=6).filter(
    lambda found: {name for line in found for name in line} == {"a", "b", "c"}
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(lines)
def test_three_that_stand_anywhere_are_joined_in_any_order(found: list[list[str]]) -> None:
    body = "".join("    " + "; ".join([*(f"{name}.delay()" for name in line), "pass"]) + "\n" for line in found)
    base = f"import a, b, c\n\ndef f():\n{body}".encode()
    first, second, third = (seamed(base, name) for name in "abc")
    two = joined_seams(base, first, second)
    assert two is not None
    three = joined_seams(base, two, third)
    assert three == seamed(base, "a", "b", "c")
    assert joined_seams(second, two, seamed(base, "b", "c")) == three


def test_it_settles_what_git_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "monolith"
    near = "from shop.tasks import bill, mail\n\n\ndef f():\n    mail.send.delay(1)\n    bill.send.delay(2)\n"
    repository(folder, {**FILES, "shop/orders.py": near})
    mail, bill, _ = TASKS
    branch(folder, mail, "main", [mail])
    branch(folder, bill, "main", [bill])
    merge(folder, mail)
    with pytest.raises(AssertionError, match="CONFLICT"):
        merge(folder, bill)
    stages = [git(folder, "show", f":{stage}:shop/orders.py").encode() for stage in (1, 2, 3)]
    made = joined_seams(stages[0], stages[1], stages[2])
    git(folder, "merge", "--abort")
    route(folder, bill)
    assert made == (folder / "shop/orders.py").read_bytes()
