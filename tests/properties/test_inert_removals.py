"""Clean-up and way back of hostile code and of its twin: pages, clients, and what the files are left as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from migrator.artifacts.removal.pages import BackPage, CleanUpPage, back_body, clean_up_body
from migrator.domain.rollouts import Phase
from migrator.plan.removal import Question
from tests.properties.test_inert import EVERY_TRICK, harmless, templates_asked_for
from tests.support.cleaned import assessed, clean
from tests.support.hostile.skeletons import markdown, seen, skeleton
from tests.support.hostile.templates import NEEDED_BY
from tests.support.hostile.texts import PRODUCT
from tests.support.moves import github

NAME = "app.jobs.job"
CLIENT = "app/migrator_clients/app_jobs_job.py"


def monolith(root: Path, texts: Callable[[str], str]) -> Path:
    """A task with a text wherever one may stand that is told of."""
    files = {
        "app/__init__.py": "",
        "app/celery_app.py": 'from celery import Celery\n\napp = Celery("app")\n',
        "app/jobs.py": (
            "from app.celery_app import app\nfrom app.parts import KEPT, helper, named\n\n\n"
            f"@app.task(name={texts('the name')!r})\ndef job(number):\n"
            f"    return helper(number), named(KEPT), {texts('a text')!r}\n"
        ),
        "app/parts.py": (
            f"TABLE = {{}}\n\n\n@TABLE[{texts('a decorator')!r}]\ndef helper(number):\n    return number\n\n\n"
            f"KEPT = TABLE[{texts('a call')!r}]({texts('a value')!r})\n\n\ndef named(number):\n    return number\n"
        ),
        "app/web.py": "from app.jobs import job\n\n\ndef send():\n    job.delay(1)\n",
        "settings.yaml": "helper: named\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


def made(root: Path, texts: Callable[[str], str]) -> tuple[str, str, str]:
    """The page of the clean-up, that of the way back, the client."""
    monolith(root, texts)
    assessment = assessed(root, NAME)
    done = clean(root, NAME, Question)
    page = CleanUpPage(
        change=done.change,
        assessment=assessment,
        phases={texts("a route"): Phase.PROMOTED},
        accepted={Question.NOT_PROMOTED: texts("a reason")},
        link=github,
        commit="0123456789" * 4,
        base=texts("a branch"),
    )
    back = BackPage(NAME, ("0123456789" * 4,), 2, (texts("a route"),), scheduled=True)
    return clean_up_body(page, 65_536), back_body(back, 65_536), done.text(CLIENT)


def test_removals_are_told_the_same_whatever_the_texts(tmp_path: Path) -> None:
    with templates_asked_for() as asked:
        hostile = made(tmp_path / "hostile", lambda name: EVERY_TRICK)
    plain = made(tmp_path / "plain", harmless)
    assert set(NEEDED_BY["removals"]) <= asked
    for theirs, ours in zip(hostile[:2], plain[:2], strict=True):
        assert markdown(theirs) == markdown(ours)
        assert seen(theirs, tabs=True) == "" and PRODUCT not in theirs
    assert skeleton(CLIENT, hostile[2]) == skeleton(CLIENT, plain[2])
    assert seen(hostile[2], tabs=True) == "" and PRODUCT not in hostile[2]


def test_a_page_that_is_too_long_is_cut_in_its_lists(tmp_path: Path) -> None:
    parts = "".join(f"def part{number}():\n    return {number}\n\n\n" for number in range(400))
    used = ", ".join(f"parts.part{number}()" for number in range(400))
    root = monolith(tmp_path, harmless)
    (root / "app/parts.py").write_text(parts)
    (root / "app/jobs.py").write_text(
        f"from app import parts\nfrom app.celery_app import app\n\n\n@app.task\ndef job(number):\n    return [{used}]\n"
    )
    assessment = assessed(root, NAME)
    done = clean(root, NAME, Question)
    page = CleanUpPage(done.change, assessment, {}, {}, github, "0" * 40, "main")
    whole = clean_up_body(page, 65_536)
    assert len(whole.encode()) <= 65_536 and "more; all: the branch's diff" in whole
    assert len(clean_up_body(page, 500).encode()) <= 500
