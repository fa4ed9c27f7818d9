"""Branches that each route another candidate: git merges them, and without the seam every file is as it was."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from migrator.artifacts.seam import (
    AlreadyRouted,
    At,
    Choices,
    SeamChange,
    add,
    remove_seam,
    sha256_without_seam,
    shared_folder,
    show_seam,
)
from migrator.artifacts.seam.record import CANDIDATES, RECORD, load_record, record_path
from migrator.domain.triggers import TriggerKind
from migrator.errors import InputError, MigratorError
from migrator.source import read_tree
from tests.support.branches import contents, git, merge
from tests.support.slices import assessed, monolith

TASKS = ("shop.tasks.mail.send", "shop.tasks.bill.send", "shop.tasks.note.send")
FILES = {
    "shop/__init__.py": "",
    "shop/celery.py": "app = None\n",
    "shop/tasks/__init__.py": "",
    **{
        f"shop/tasks/{name.split('.')[2]}.py": (
            "from shop.celery import app\n\n\n@app.task\ndef send(order_id):\n    return order_id\n"
        )
        for name in TASKS
    },
    "shop/orders.py": """
        \"\"\"Orders.\"\"\"

        from shop.tasks import bill, mail, note


        def place(order):
            mail.send.delay(order)
            if order:
                bill.send.delay(order)
            order.close()
            note.send.delay(order)


        def again(orders):
            for order in orders:
                note.send.apply_async((order,)); order.touch()
            orders.close()
            mail.send.delay(0)
    """,
}


def repository(folder: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    monolith(folder, files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "begin")
    return contents(folder)


def write(change: SeamChange) -> None:
    """As `apply` does, without waiting for the disk."""
    for path, data in change.files.items():
        file = change.root / path
        if data is None:
            file.unlink(missing_ok=True)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def route(folder: Path, name: str, at: At | None = None) -> None:
    tree = read_tree(folder)
    found = assessed(tree, name, kind=TriggerKind.QUEUE, framework="celery", registered="@app.task")
    write(add(tree, found, Choices(at=at, weights=False)))


def branch(folder: Path, name: str, start: str, routed: Iterable[str], at: At | None = None) -> None:
    git(folder, "checkout", "-q", "-b", name, start)
    for each in routed:
        route(folder, each, at)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"route {name}")
    git(folder, "checkout", "-q", "main")


def take_out(folder: Path, *names: str | None) -> None:
    for name in names:
        write(remove_seam(folder, name))


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path / "monolith"
    before = repository(folder, FILES)
    for name in TASKS:
        branch(folder, name, "main", [name])
    return folder, before


def test_three_branches_that_edit_one_file_merge_in_any_order_and_come_out_as_they_were(
    three: tuple[Path, dict[str, bytes]],
) -> None:
    folder, before = three
    trees = set()
    for number, order in enumerate(itertools.permutations(TASKS)):
        git(folder, "checkout", "-q", "-b", f"merged-{number}", "main")
        merge(folder, *order)
        trees.add(git(folder, "rev-parse", "HEAD^{tree}"))
    assert len(trees) == 1
    merged = contents(folder)
    text = merged["shop/orders.py"].decode()
    assert text.count("from shop import migrator_seam\n") == 1 and text.count("migrator_seam.task(") == 5
    assert {path for path in merged if path not in before} == {
        "shop/migrator_seam.py",
        RECORD,
        *(f"{CANDIDATES}/{name}.json" for name in TASKS),
    }
    assert [(each.name, len(each.places), each.weight) for each in show_seam(folder).routed] == [
        ("shop.tasks.bill.send", 1, 0),
        ("shop.tasks.mail.send", 2, 0),
        ("shop.tasks.note.send", 2, 0),
    ]
    compile(text, "orders.py", "exec")
    for path, data in before.items():
        assert sha256_without_seam(folder, path, merged[path]) == sha256_without_seam(folder.parent, path, data)

    take_out(folder, None)
    assert contents(folder) == before
    git(folder, "reset", "-q", "--hard")
    for order in (TASKS, TASKS[::-1]):
        take_out(folder, *order)
        assert contents(folder) == before
        git(folder, "reset", "-q", "--hard")


def test_a_branch_that_was_made_later_and_one_merged_into_it_make_no_difference(
    three: tuple[Path, dict[str, bytes]],
) -> None:
    folder, before = three
    mail, bill, note = TASKS
    merge(folder, mail)
    git(folder, "checkout", "-q", bill)
    merge(folder, "main")
    with pytest.raises(AlreadyRouted, match="routed already"):
        route(folder, bill)
    git(folder, "checkout", "-q", "main")
    merge(folder, bill, note)
    take_out(folder, mail, note)
    assert b"migrator_seam" in contents(folder)["shop/orders.py"]
    take_out(folder, bill)
    assert contents(folder) == before


def test_decorators_of_neighbors_merge_and_so_does_what_people_wrote_between(tmp_path: Path) -> None:
    folder = tmp_path / "monolith"
    names = [f"shop.jobs.{word}" for word in ("one", "two", "three")]
    body = "".join(f"\n\n@app.task\ndef {name.rpartition('.')[2]}(x):\n    return x\n" for name in names)
    repository(folder, {**FILES, "shop/jobs.py": f"from shop.celery import app\n{body}"})
    for name in names:
        branch(folder, name, "main", [name], At.REGISTRATION)
    jobs = folder / "shop/jobs.py"
    jobs.write_text("# Jobs.\n" + jobs.read_text().replace("    return x\n", "    return x or 1\n"))
    git(folder, "commit", "-q", "-a", "-m", "by hand")
    edited = contents(folder)
    merge(folder, *names)
    assert jobs.read_text().count("@migrator_seam.routed(") == 3
    take_out(folder, names[1], names[0], names[2])
    assert contents(folder) == edited


ADJACENT = "from shop.tasks import bill, mail\n\n\ndef f():\n    mail.send.delay(1)\n    bill.send.delay(2)\n"


def test_two_sends_on_adjacent_lines_are_left_to_whoever_merges(tmp_path: Path) -> None:
    folder = tmp_path / "monolith"
    before = repository(folder, {**FILES, "shop/orders.py": ADJACENT})
    mail, bill, _ = TASKS
    branch(folder, mail, "main", [mail])
    branch(folder, bill, "main", [bill])
    merge(folder, mail)
    with pytest.raises(AssertionError, match=r"CONFLICT.*shop/orders\.py"):
        merge(folder, bill)
    # The way out that the page names: take the side that is there, and let the seam be put in again.
    git(folder, "checkout", "--ours", "shop/orders.py")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-edit")
    route(folder, bill)
    assert (folder / "shop/orders.py").read_text().count("migrator_seam.task(") == 2
    take_out(folder, mail, bill)
    assert contents(folder) == before


def test_a_line_that_would_not_come_out_as_it_was_stops_the_removal(three: tuple[Path, dict[str, bytes]]) -> None:
    folder, _ = three
    merge(folder, *TASKS)
    said = folder / record_path(TASKS[0])
    document = json.loads(said.read_text())
    lines = document["files"]["shop/orders.py"]
    assert len(lines) == 2
    for line in lines:
        line["before"] = "0" * 64
    said.write_text(json.dumps(document))
    with pytest.raises(MigratorError, match="would not be as it was") as caught:
        remove_seam(folder, None)
    assert caught.value.location == f"{folder / 'shop/orders.py'}:8"


def test_line_ends_of_another_checkout_make_no_difference(three: tuple[Path, dict[str, bytes]]) -> None:
    folder, before = three
    merge(folder, *TASKS)
    orders = folder / "shop/orders.py"
    orders.write_bytes(orders.read_bytes().replace(b"\n", b"\r\n"))
    take_out(folder, *TASKS)
    assert orders.read_bytes() == before["shop/orders.py"].replace(b"\n", b"\r\n")


@pytest.mark.parametrize("order", [(None,), TASKS[1::-1]])
def test_two_candidates_on_one_line_come_out_in_any_order(tmp_path: Path, order: tuple[str | None, ...]) -> None:
    folder = tmp_path / "monolith"
    line = "from shop.tasks import bill, mail\n\n\ndef f():\n    mail.send.delay(1); bill.send.delay(2)\n"
    before = repository(folder, {**FILES, "shop/orders.py": line})
    for name in TASKS[:2]:
        route(folder, name)
    take_out(folder, *order)
    assert contents(folder) == before


def test_an_import_that_two_branches_put_behind_different_ones_goes_twice(tmp_path: Path) -> None:
    folder = tmp_path / "monolith"
    repository(folder, FILES)
    before = (folder / "shop/orders.py").read_bytes()
    route(folder, TASKS[0])
    orders = folder / "shop/orders.py"
    text = orders.read_text()
    orders.write_text(text.replace("def place", "from shop import migrator_seam\n\n\ndef place"))
    take_out(folder, TASKS[0])
    assert orders.read_bytes() == before.replace(b"def place", b"\n\ndef place")


def test_a_record_of_one_file_is_read_and_changed_over_when_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "monolith"
    before = repository(folder, FILES)
    for name in TASKS[:2]:
        route(folder, name)
    record = load_record(folder)
    assert record is not None
    old = {
        "schema": "migrator.seam/1",
        "module": record.module,
        "module_sha256": record.common.module_sha256,
        "weights": record.weights,
        "package": record.package,
        "names": {name: at.value for name, at in record.names.items()},
        "files": {path: {"original": "0" * 64, "written": "1" * 64} for path in record.files},
    }
    for path in (folder / CANDIDATES).iterdir():
        path.unlink()
    (folder / RECORD).write_text(json.dumps(old))
    read = load_record(folder)
    assert read is not None and (read.names, read.files) == (record.names, record.files)
    assert [len(each.places) for each in show_seam(folder).routed] == [1, 2]
    route(folder, TASKS[2])
    again = load_record(folder)
    assert again is not None and not again.old
    assert {name: again.candidates[name] for name in TASKS[:2]} == record.candidates
    (folder / RECORD).write_text(json.dumps(old))
    for path in (folder / CANDIDATES).iterdir():
        path.unlink()
    take_out(folder, TASKS[1])
    left = load_record(folder)
    assert left is not None and left.candidates == {TASKS[0]: record.candidates[TASKS[0]]}
    take_out(folder, None)
    assert contents(folder)["shop/celery.py"] == before["shop/celery.py"] and load_record(folder) is None


def test_without_its_common_part_the_record_cannot_be_read(three: tuple[Path, dict[str, bytes]]) -> None:
    folder, _ = three
    merge(folder, TASKS[0])
    (folder / RECORD).unlink()
    with pytest.raises(InputError, match="in common is missing") as caught:
        show_seam(folder)
    assert RECORD in caught.value.hint


def test_each_candidate_has_a_file_that_no_other_has() -> None:
    names = [
        "a.b",
        "A.b",
        "a.B",
        "a-b.c",
        "ä.b",
        "größe.f",
        f"{'x' * 300}.f",
        f"{'x' * 300}.g",
        "a.b-c",
        "../../etc.passwd",
    ]
    paths = [record_path(name) for name in names]
    assert len({path.lower() for path in paths}) == len(names)
    assert paths[0] == f"{CANDIDATES}/a.b.json"
    for path in paths:
        assert Path(path).parent == Path(CANDIDATES) and len(Path(path).name) < 200
        assert Path(path).name.isascii() and not Path(path).name.startswith(".")


def test_branches_choose_one_folder_whatever_their_candidate(tmp_path: Path) -> None:
    tree = monolith(
        tmp_path,
        {
            **{f"{package}/{name}.py": "" for package in ("billing", "orders") for name in ("__init__", "tasks")},
            "lib/other/__init__.py": "",
            "jobs.py": "",
        },
    )
    names = ["orders.tasks.a", "orders.tasks.b", "billing.tasks.a", "jobs.a"]
    assert {shared_folder(tree, name, names) for name in names} == {"orders"}
    assert {shared_folder(tree, name, names[1:]) for name in names[1:]} == {"orders"}
    assert shared_folder(tree, "nowhere.a", names) is None
