"""What goes with a candidate, what stays, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.errors import Refused
from migrator.plan.removal import Question
from tests.support.cleaned import clean, plan, write

APP = """
    from celery import Celery

    app = Celery("app")
"""
TASK = """
    from app.celery_app import app
    from app import helpers
    from app.helpers import LIMIT, both, only


    @app.task
    def job(number):
        return only(number) + both(number) + LIMIT + helpers.by_module(number)


    @app.task
    def other(number):
        return both(number)
"""
HELPERS = '''
    """What jobs share."""

    import math
    import re

    LIMIT = 5
    PATTERN = re.compile("a")


    def only(number):
        return ring(number) + len(PATTERN.pattern)


    def ring(number):
        return math.floor(number) if number else gnir(number)


    def gnir(number):
        return ring(number)


    def by_module(number):
        return number


    def both(number):
        return number


    def never(number):
        """Dead of something else."""
        return number
'''
MAIN = "import app.celery_app\n"
FILES = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "app/celery_app.py": APP,
    "app/jobs.py": TASK,
    "app/helpers.py": HELPERS,
}


def test_what_only_the_candidate_used_goes_and_everything_else_stays(tmp_path: Path) -> None:
    after = clean(write(tmp_path, FILES), "app.jobs.job")
    names = {"only", "ring", "gnir", "by_module", "LIMIT", "PATTERN"}
    assert {f"app.helpers.{name}" for name in names} | {"app.jobs.job"} == after.gone()
    assert after.text("app/helpers.py") == (
        '"""What jobs share."""\n\n\ndef both(number):\n    return number\n\n\n'
        'def never(number):\n    """Dead of something else."""\n    return number\n'
    )
    assert after.text("app/jobs.py") == (
        "from app.celery_app import app\nfrom app.helpers import both\n\n\n"
        "@app.task\ndef other(number):\n    return both(number)\n"
    )
    assert after.kept()["app.helpers.both"] == "app.jobs.other uses it"
    assert after.kept()["app.celery_app.app"].startswith("its value is made by a call of Celery")


HOLDERS = [
    ("a comment", {"app/helpers.py": HELPERS.replace("def only", "# migrator: keep\n    def only")}, "migrator: keep"),
    ("__all__", {"app/helpers.py": HELPERS + '\n    __all__ = ["only"]\n'}, "__all__"),
    (
        "getattr",
        {"app/asking.py": 'import app.helpers\nfound = getattr(app.helpers, "only")\n'},
        "app.asking.found names it",
    ),
    ("a bare name", {"conf/settings.yaml": "helper: only\n"}, "the text only may mean it"),
    ("a dotted name", {"conf/jobs.json": '{"call": "app.helpers.only"}\n'}, "the text app.helpers.only may mean it"),
    (
        "an entry point",
        {"pyproject.toml": '[project.scripts]\nrun = "app.helpers:only"\n'},
        "app.helpers:only may mean it",
    ),
    (
        "an import by a made-up name",
        {"app/asking.py": 'import importlib\n\n\ndef ask(name):\n    return importlib.import_module(f"app.{name}")\n'},
        "app.asking.ask names it",
    ),
    ("globals()", {"app/helpers.py": HELPERS + "\n    found = globals()\n"}, "app.helpers.found uses it"),
    ("a decorator", {"app/helpers.py": HELPERS.replace("def only", "@print\n    def only")}, "its decorator print"),
    (
        "a star",
        {"app/asking.py": "from app.helpers import *\n\n\ndef ask():\n    return only(1)\n"},
        "app.asking.ask uses it",
    ),
    ("a script", {"setup.py": "from app.helpers import only\n\nonly(1)\n"}, "setup uses it"),
    (
        "a lazy import",
        {"app/asking.py": "def ask():\n    from app.helpers import only\n    return only\n"},
        "app.asking.ask",
    ),
    (
        "a hand-over of the module",
        {"app/asking.py": "from app import helpers\n\n\ndef ask(name):\n    return vars(helpers)[name]\n"},
        "app.asking.ask uses it",
    ),
]


@pytest.mark.parametrize(("files", "reason"), [each[1:] for each in HOLDERS], ids=[each[0] for each in HOLDERS])
def test_what_something_may_reach_stays_and_says_by_what(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    after = clean(write(tmp_path, FILES | files), "app.jobs.job", Question)
    assert reason in after.kept()["app.helpers.only"]
    assert "def only" in after.text("app/helpers.py") and "def ring" in after.text("app/helpers.py")
    assert "app.jobs.job" in after.gone()


def test_classes_that_tell_nobody_go_and_those_with_a_base_that_may_know_them_stay(tmp_path: Path) -> None:
    shapes = """
        from dataclasses import dataclass

        from framework import Model


        @dataclass
        class Plain:
            number: int


        class Failed(ValueError):
            pass


        class Table(Model):
            pass


        class Base:
            def __init_subclass__(cls):
                print(cls)


        class Known(Base):
            pass


        ONE = Plain(1)
        TWO = connect()
    """
    job = """
        from app.celery_app import app
        from app.shapes import ONE, TWO, Failed, Known, Table


        @app.task
        def job(number):
            raise Failed(ONE, TWO, Known, Table)
    """
    files = FILES | {"app/jobs.py": job, "app/shapes.py": shapes}
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert after.gone() - {"app.jobs.job"} == {"app.shapes.Plain", "app.shapes.Failed", "app.shapes.ONE"}
    kept = {name.rpartition(".")[2]: reason for name, reason in after.kept().items()}
    assert kept["Table"] == "its base Model may know of it"
    assert kept["Known"] == "a base of it knows its subclasses"
    assert kept["TWO"] == "its value is made by a call of connect"


def test_whole_modules_and_reexports_go(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/celery_app.py": APP,
        "app/tools/__init__.py": "from app.tools.sums import add\n",
        "app/tools/sums.py": "import math\n\n\ndef add(a, b):\n    return math.fsum([a, b])\n",
        "app/jobs.py": """
            from app.celery_app import app
            from app.tools import add


            @app.task
            def job(number):
                return add(number, 1)
        """,
    }
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert not (tmp_path / "app/tools/sums.py").exists() and not (tmp_path / "app/jobs.py").exists()
    assert after.text("app/tools/__init__.py") == ""


def test_an_import_that_is_the_last_to_load_a_module_with_effects_stays(tmp_path: Path) -> None:
    files = FILES | {
        "app/loading.py": "import registry\n\nregistry.tell(__name__)\n\n\ndef helper():\n    return 1\n",
        "app/jobs.py": """
            from app import loading
            from app.celery_app import app


            @app.task
            def job(number):
                return loading.helper()


            @app.task
            def other(number):
                return 2
        """,
    }
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert "from app import loading" in after.text("app/jobs.py")
    assert after.text("app/loading.py") == "import registry\n\nregistry.tell(__name__)\n"


def test_a_file_that_a_text_names_is_left_without_a_definition(tmp_path: Path) -> None:
    celery = APP.replace('Celery("app")', 'Celery("app", include=["app.jobs"])')
    job = "from app.celery_app import app\n\n\n@app.task\ndef job():\n    return 1\n"
    files = {"app/__init__.py": "", "app/main.py": MAIN, "app/celery_app.py": celery, "app/jobs.py": job}
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert after.text("app/jobs.py") == ""
    [note] = after.change.removal.notes
    assert note.startswith("app/jobs.py is left without a definition: app/celery_app.py:3:")


def test_tests_that_test_nothing_else_go_with_their_helpers(tmp_path: Path) -> None:
    tests = """
        import pytest

        from app.helpers import both
        from app.jobs import job, other

        NUMBERS = [1, 2]


        @pytest.fixture
        def number():
            return 3


        @pytest.fixture
        def shared():
            return 4


        def run(number):
            return job(number)


        def test_job(number, shared):
            assert job(number) == NUMBERS


        def test_by_a_helper():
            assert run(1)


        def test_other(shared):
            assert other(shared) == both(shared)


        def test_nothing():
            assert True
    """
    after = clean(write(tmp_path, FILES | {"tests/test_jobs.py": tests}), "app.jobs.job")
    left = after.text("tests/test_jobs.py")
    for name in ("test_job", "test_by_a_helper", "def run", "NUMBERS", "def number", "import job"):
        assert name not in left
    for name in ("test_other", "test_nothing", "def shared", "import pytest", "from app.jobs import other"):
        assert name in left


def test_a_test_of_living_code_keeps_what_it_uses_and_is_named(tmp_path: Path) -> None:
    tests = """
        from app.helpers import both, only


        def test_both():
            assert only(1) == both(1)
    """
    after = clean(write(tmp_path, FILES | {"tests/test_helpers.py": tests}), "app.jobs.job")
    assert after.kept()["app.helpers.only"] == "tests.test_helpers.test_both uses it"
    assert "def ring" in after.text("app/helpers.py") and "def by_module" not in after.text("app/helpers.py")


def test_a_test_of_living_code_that_uses_the_candidate_is_a_question(tmp_path: Path) -> None:
    tests = """
        from app.jobs import job, other


        def test_both():
            assert job(1) == other(1)
    """
    root = write(tmp_path, FILES | {"tests/test_jobs.py": tests})
    with pytest.raises(
        Refused, match=r"tests/test_jobs.py:5: tests.test_jobs.test_both also tests living code"
    ) as caught:
        plan(root, "app.jobs.job")
    assert "--accept tests=REASON" in caught.value.hint
    after = clean(root, "app.jobs.job", [Question.TESTS])
    assert [each.name for each in after.change.removal.named_tests] == ["tests.test_jobs.test_both"]
    assert after.text("tests/test_jobs.py").startswith("from app.jobs import other\n")


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"conf/jobs.yaml": "jobs:\n  - app.jobs.job\n"}, "conf/jobs.yaml:2: the text app.jobs.job may mean it"),
        ({"app/asking.py": 'from app.celery_app import app\n\napp.send_task("app.jobs.job")\n'}, "app/asking.py:3"),
        ({"app/jobs.py": TASK + '\n    __all__ = ["job"]\n'}, "its module exports it by __all__"),
    ],
)
def test_a_text_that_is_the_candidates_name_is_a_question(tmp_path: Path, files: dict[str, str], place: str) -> None:
    root = write(tmp_path, FILES | files)
    with pytest.raises(Refused) as caught:
        plan(root, "app.jobs.job")
    assert place in caught.value.message and "--accept named-elsewhere=REASON" in caught.value.hint
    change = plan(root, "app.jobs.job", [Question.NAMED])
    assert change.accepted and all(reason == "tested" for _, reason in change.accepted)


def test_files_that_nothing_names_any_more_are_named_and_stay(tmp_path: Path) -> None:
    job = """
        from app.celery_app import app
        from app.pages import page


        @app.task
        def job(number):
            return page("gone.html"), page("both.html")


        @app.task
        def other(number):
            return page("both.html")
    """
    files = FILES | {
        "app/jobs.py": job,
        "app/pages.py": "def page(name):\n    return name\n",
        "app/templates/gone.html": "<p>",
        "app/templates/both.html": "<p>",
    }
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert [each.name for each in after.change.removal.perhaps_unused] == ["app/templates/gone.html"]
    assert (tmp_path / "app/templates/gone.html").exists()


def test_running_it_twice_finds_nothing_and_nothing_differs(tmp_path: Path) -> None:
    root = write(tmp_path, FILES)
    clean(root, "app.jobs.job")
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    with pytest.raises(ValueError, match="unpack"):
        clean(root, "app.jobs.job")
    assert before == {path: path.read_bytes() for path in root.rglob("*.py")}


VIEWS = """
    from flask import Flask
    from flask.views import MethodView

    app = Flask(__name__)


    class Pages(MethodView):
        def get(self):
            return "read"

        def post(self):
            return "written"


    app.add_url_rule("/pages", view_func=Pages.as_view("pages"))
"""


def test_a_class_goes_as_a_whole_if_somebody_says_so(tmp_path: Path) -> None:
    root = write(tmp_path, {"web.py": VIEWS})
    with pytest.raises(Refused, match=r"web\.Pages\.post would go with it, as one class"):
        plan(root, "web.Pages.get")
    after = clean(root, "web.Pages.get", [Question.HANDLERS])
    assert after.text("web.py") == "from flask import Flask\n\napp = Flask(__name__)\n"
