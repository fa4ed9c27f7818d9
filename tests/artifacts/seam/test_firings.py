"""The seam on functions that a scheduler fires: where the decorator goes, that it comes out again, what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from migrator import bootstrap
from migrator.artifacts.seam import At, Choices, SeamChange, add, apply, remove_seam, show_seam
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.slices import assessed, monolith

NAME = "shop.jobs.nightly"


def change(
    folder: Path, code: str, *, registered: str = "none", choices: Choices | None = None, also: str = ""
) -> SeamChange:
    """What is put in for a function that is fired.

    Args:
        registered: marks the line that hands it to a scheduler, if that is in its file.
        also: marks the line that makes a task of it.
    """
    tree = monolith(folder, {"shop/__init__.py": "", "shop/jobs.py": code})
    found = assessed(tree, NAME, kind=TriggerKind.SCHEDULE, framework="apscheduler", registered=registered)
    if also:
        task = assessed(tree, NAME, kind=TriggerKind.QUEUE, framework="celery", registered=also)
        found = replace(found, triggers=(*found.triggers, *task.triggers))
    return add(read_tree(folder), found, choices or Choices())


SEAM = '@migrator_seam.schedule("shop.jobs.nightly")\n'


@pytest.mark.parametrize(
    ("code", "registered", "also", "routed"),
    [
        (
            "@sched.scheduled_job('cron', hour=1)\ndef nightly():\n    pass\n",
            "@sched",
            "",
            f"@sched.scheduled_job('cron', hour=1)\n{SEAM}def nightly():\n    pass\n",
        ),
        (
            "@sched.scheduled_job(\n    'cron',\n    hour=1,\n)\n@once\ndef nightly():\n    pass\n",
            "@sched",
            "",
            f"@sched.scheduled_job(\n    'cron',\n    hour=1,\n)\n{SEAM}@once\ndef nightly():\n    pass\n",
        ),
        # Beat's entry is elsewhere; the task is what it fires.
        (
            "@log\n@app.task(bind=True)\n@atomic\ndef nightly(self):\n    pass\n",
            "def nightly",
            "@app.task",
            f"@log\n@app.task(bind=True)\n{SEAM}@atomic\ndef nightly(self):\n    pass\n",
        ),
        # Handed over by its name: who fires it gets what the name stands for.
        (
            "def nightly():\n    pass\n\n\nsched.add_job(nightly, 'cron', hour=1)\n",
            "sched.add_job",
            "",
            f"{SEAM}def nightly():\n    pass\n\n\nsched.add_job(nightly, 'cron', hour=1)\n",
        ),
        (
            "@atomic\ndef nightly():\n    pass\n\n\nsched.add_job(nightly, 'cron', hour=1)\n",
            "sched.add_job",
            "",
            f"{SEAM}@atomic\ndef nightly():\n    pass\n\n\nsched.add_job(nightly, 'cron', hour=1)\n",
        ),
        ("def nightly(days=1):\n    pass\n", "def nightly", "", f"{SEAM}def nightly(days=1):\n    pass\n"),
    ],
    ids=["decorator", "several lines", "beat", "by name", "by name, decorated", "elsewhere"],
)
def test_it_goes_below_what_registers_and_above_the_rest(
    code: str, registered: str, also: str, routed: str, tmp_path: Path
) -> None:
    found = change(tmp_path, code, registered=registered, also=also)
    assert found.files["shop/jobs.py"] == f"from shop import migrator_seam\n{routed}".encode()
    apply(found)
    (shown,) = show_seam(tmp_path).routed
    assert (shown.name, shown.at, len(shown.places)) == (NAME, At.FIRINGS, 1)
    with pytest.raises(Refused, match="is routed already"):
        change_again(tmp_path, registered)
    apply(remove_seam(tmp_path, NAME))
    assert (tmp_path / "shop" / "jobs.py").read_text() == code
    assert not (tmp_path / "shop" / "migrator_seam.py").exists()


def change_again(folder: Path, registered: str, at: At = At.FIRINGS) -> SeamChange:
    tree = read_tree(folder)
    found = assessed(tree, NAME, kind=TriggerKind.SCHEDULE, framework="apscheduler", registered=registered)
    return add(tree, found, Choices(at=at))


def test_the_first_entry_leads_to_the_function_or_to_the_queue_of_a_task(tmp_path: Path) -> None:
    plain = change(tmp_path / "a", "def nightly(): ...\n")
    assert b'"lambda": "shop-jobs-nightly"' in (plain.files["shop/migrator_seam.json"] or b"")
    task = change(tmp_path / "b", "@app.task\ndef nightly(): ...\n", also="@app", choices=Choices(queue="https://q"))
    assert b'"queue": "https://q"' in (task.files["shop/migrator_seam.json"] or b"")


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("async def nightly():\n    pass\n", NAME, "it is a coroutine"),
        ("class Jobs:\n    def nightly(self): ...\n", "shop.jobs.Jobs.nightly", "a method or a nested function"),
        ("def start():\n    def nightly(): ...\n", "shop.jobs.start.<locals>.nightly", "a method or a nested function"),
        ("migrator_seam = 1\ndef nightly(): ...\n", NAME, "uses the name migrator_seam for something else"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(code: str, name: str, says: str, tmp_path: Path) -> None:
    tree = monolith(tmp_path, {"shop/__init__.py": "", "shop/jobs.py": code})
    found = assessed(tree, name, kind=TriggerKind.SCHEDULE, framework="apscheduler", registered="none")
    with pytest.raises(Refused, match=says):
        add(tree, found, Choices())


def test_what_came_by_another_seam_is_not_decided_again(tmp_path: Path) -> None:
    code = "def nightly(): ...\n\n\ndef now():\n    nightly()\n"
    apply(change(tmp_path, code))
    with pytest.raises(Refused, match=r"its firings are routed already, .* decided twice"):
        change_again(tmp_path, "none", At.CALLS)
    apply(remove_seam(tmp_path, NAME))
    apply(change_again(tmp_path, "none", At.CALLS))
    with pytest.raises(Refused, match="its calls are routed already"):
        change_again(tmp_path, "none")


def test_a_beat_job_of_the_sample_shop(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "var", ".pytest_cache")
    root = Path(shutil.copytree(sample_root(), tmp_path / "shop", ignore=ignored))
    name, found = bootstrap.seam_addition(root, "shop.tasks.reports.nightly", Choices(), jobs=1, config=None)
    (place,) = found.places
    edited = (found.files[place.path] or b"").decode()
    assert f'\n@migrator_seam.schedule("{name}")\n' in edited
    before = (root / place.path).read_bytes()
    apply(found)
    apply(remove_seam(root, None))
    assert (root / place.path).read_bytes() == before
