"""The edits of the code: what is found, what is left, and that all of it comes out again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.artifacts.seam import Choices, SeamChange, add, apply, diff, remove_seam, settle, show_seam, without_seam
from migrator.artifacts.seam.sites import At
from migrator.domain.assessments import Assessment
from migrator.domain.triggers import TriggerKind
from migrator.errors import InputError, Refused, UsageError
from migrator.source import read_tree
from tests.support.killed_seam import put_in
from tests.support.sampled import only
from tests.support.slices import assessed, monolith

NAME = "shop.tasks.mail.send"
MAIL = """
from shop.celery import app

@app.task
def send(order_id):
    return order_id
"""
FILES = {
    "shop/__init__.py": "",
    "shop/tasks/__init__.py": "",
    "shop/celery.py": "app = None\n",
    "shop/tasks/mail.py": MAIL,
}


def task(folder: Path, files: Mapping[str, str]) -> Assessment:
    tree = monolith(folder, {**FILES, **files})
    return assessed(tree, NAME, kind=TriggerKind.QUEUE, framework="celery", registered="@app.task")


def route_task(folder: Path, files: Mapping[str, str], choices: Choices | None = None) -> SeamChange:
    found = task(folder, files)
    return add(read_tree(folder), found, choices or Choices())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("code", "routed"),
    [
        (
            "from shop.tasks.mail import send\n\ndef f():\n    send.delay(1)\n",
            (
                "from shop.tasks.mail import send\nfrom shop import migrator_seam\n\ndef f():\n"
                '    migrator_seam.task("shop.tasks.mail.send", send).delay(1)\n'
            ),
        ),
        (
            "from .tasks import mail as m\n\ndef f():\n    m.send.apply_async((1,), countdown=3)\n",
            (
                "from .tasks import mail as m\nfrom shop import migrator_seam\n\ndef f():\n"
                '    migrator_seam.task("shop.tasks.mail.send", m.send).apply_async((1,), countdown=3)\n'
            ),
        ),
        (
            '"""Doc."""\ndef f():\n    import shop.tasks.mail\n    shop.tasks.mail.send.delay()\n',
            (
                '"""Doc."""\nfrom shop import migrator_seam\ndef f():\n    import shop.tasks.mail\n'
                '    migrator_seam.task("shop.tasks.mail.send", shop.tasks.mail.send).delay()\n'
            ),
        ),
        (
            "# license\n\n# f\n@x\ndef f():\n    from shop.tasks.mail import send as s\n    on_commit(lambda: s.delay(1))\n",
            (
                "# license\n\n# f\nfrom shop import migrator_seam\n@x\ndef f():\n    from shop.tasks.mail import send as s\n"
                '    on_commit(lambda: migrator_seam.task("shop.tasks.mail.send", s).delay(1))\n'
            ),
        ),
        (
            "from __future__ import annotations\nfrom shop.tasks.mail import send; import os\non_commit(partial(send.delay, 1))",
            (
                "from __future__ import annotations\nfrom shop.tasks.mail import send; import os\n"
                "from shop import migrator_seam\n"
                'on_commit(partial(migrator_seam.task("shop.tasks.mail.send", send).delay, 1))'
            ),
        ),
    ],
)
def test_a_send_is_routed_whatever_it_is_called_by(code: str, routed: str, tmp_path: Path) -> None:
    found = task(tmp_path, {})
    (tmp_path / "shop" / "web.py").write_text(code)
    change = add(read_tree(tmp_path), found, Choices())
    assert change.files["shop/web.py"] == routed.encode()
    compile(routed, "web.py", "exec")


def test_names_that_modules_hand_on_are_followed(tmp_path: Path) -> None:
    files = {
        "shop/tasks/__init__.py": "from .mail import send as mail_it\n",
        "shop/api.py": "from shop.tasks import *\n",
        "shop/web.py": "from shop.api import mail_it\nmail_it.delay(1)\n",
    }
    change = route_task(tmp_path, files)
    assert [(place.path, place.line) for place in change.places] == [("shop/web.py", 2)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("job = send.delay(1)", "uses what it gives back"),
        ("return send.delay(1)", "uses what it gives back"),
        ("log(send.delay(1))", "uses what it gives back"),
        ("print(f'{send.delay(1)}')", "f-string"),
        ("@send.delay\n    def g(): ...", "decorator"),
    ],
)
def test_what_cannot_be_routed_is_left_and_said(line: str, reason: str, tmp_path: Path) -> None:
    web = f"from shop.tasks.mail import send\n\ndef f():\n    send.delay(0)\n    {line}\n"
    change = route_task(tmp_path, {"shop/web.py": web})
    assert [place.line for place in change.places] == [4]
    (left,) = change.left
    assert (left.path, left.line) == ("shop/web.py", 5)
    assert reason in left.reason
    wanted = 2 if "gives back" in reason else 1
    assert len(route_task(tmp_path, {"shop/web.py": web}, Choices(with_results=True)).places) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "send = other\nsend.delay(1)",
        "def f(send):\n    send.delay(1)",
        "send.delay = 1",
        "del send.delay",
        "x.send.delay(1)",
        "send.s(1)",
        "import send.delay",
        "try:\n    from a import send\nexcept ImportError:\n    pass\nsend.delay(1)",
    ],
)
def test_what_may_be_something_else_is_not_touched(line: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing that sends it was found"):
        route_task(tmp_path, {"shop/web.py": f"from shop.tasks.mail import send\n{line}\n"})


def test_calls_are_routed_but_not_those_of_itself(tmp_path: Path) -> None:
    files = {
        "shop/prices.py": "def price(n):\n    return price(n - 1) if n else 0\n\n\nTOTAL = price(3)\n",
        "shop/web.py": "from shop.prices import price\n\n\ndef f():\n    return [price(n) for n in range(3)]\n",
    }
    tree = monolith(tmp_path, {**FILES, **files})
    found = assessed(tree, "shop.prices.price", kind=TriggerKind.COMMAND, framework="click")
    change = add(tree, found, Choices())
    assert [(place.path, place.line) for place in change.places] == [("shop/prices.py", 5), ("shop/web.py", 5)]
    assert [(place.line, place.reason) for place in change.left] == [(2, "it calls itself")]
    assert b'TOTAL = migrator_seam.function("shop.prices.price", price)(3)' in (change.files["shop/prices.py"] or b"")


def test_a_task_is_routed_where_it_is_registered(tmp_path: Path) -> None:
    change = route_task(tmp_path, {}, Choices(at=At.REGISTRATION))
    assert change.files["shop/tasks/mail.py"] == (
        b"from shop.celery import app\nfrom shop import migrator_seam\n\n"
        b'@migrator_seam.routed("shop.tasks.mail.send")\n@app.task\ndef send(order_id):\n    return order_id\n'
    )


def test_a_route_is_asked_below_its_registrations_and_above_the_rest(tmp_path: Path) -> None:
    code = "@bp.get('/a')\n@bp.get('/b')\n@login\ndef view():\n    return 1\n"
    tree = monolith(tmp_path, {"app.py": code})
    found = assessed(tree, "app.view", paths=["/a", "/b"], registered="@bp")
    change = add(tree, found, Choices())
    assert change.files["app.py"] == (
        b"import migrator_seam\n@bp.get('/a')\n@bp.get('/b')\n"
        b'@migrator_seam.flask_view("app.view")\n@login\ndef view():\n    return 1\n'
    )
    assert set(change.files) == {
        "app.py",
        "migrator_seam.py",
        "migrator_seam.json",
        ".migrator/seam.json",
        ".migrator/seam/app.view.json",
    }


@pytest.mark.parametrize(
    ("kind", "framework", "at", "says"),
    [
        (TriggerKind.QUEUE, "rq", None, "only sends of Celery"),
        (TriggerKind.HTTP, "django", None, "not routed from inside"),
        (TriggerKind.SCHEDULE, "apscheduler", At.REGISTRATION, "no task and no route"),
        (TriggerKind.SCHEDULE, "apscheduler", At.SENDS, "only sends of Celery"),
        (TriggerKind.QUEUE, "celery", At.FIRINGS, "no scheduler fires it"),
        (TriggerKind.SIGNAL, "blinker", At.REGISTRATION, "no task and no route"),
        (TriggerKind.SIGNAL, "blinker", None, "nothing that calls it was found"),
        (TriggerKind.QUEUE, "celery", None, "nothing that sends it was found"),
    ],
)
def test_a_refusal_says_why(kind: TriggerKind, framework: str, at: At | None, says: str, tmp_path: Path) -> None:
    tree = monolith(tmp_path, FILES)
    found = assessed(tree, NAME, kind=kind, framework=framework, registered="@app.task")
    with pytest.raises(Refused, match=says):
        add(tree, found, Choices(at=at))


def test_the_seam_goes_where_it_can_be_imported(tmp_path: Path) -> None:
    web = {"shop/web.py": "from shop.tasks.mail import send\nsend.delay(1)\n"}
    change = route_task(tmp_path, web, Choices(folder="shop/tasks"))
    assert b"from shop.tasks import migrator_seam\n" in (change.files["shop/web.py"] or b"")
    assert "shop/tasks/migrator_seam.py" in change.files
    assert b"\nimport migrator_seam\n" in (route_task(tmp_path, web, Choices(folder=".")).files["shop/web.py"] or b"")
    with pytest.raises(UsageError, match="cannot be imported from none"):
        route_task(tmp_path, web, Choices(folder="none"))


def test_below_a_source_folder_it_is_imported_as_the_rest_is(tmp_path: Path) -> None:
    files = {f"src/{path}": text for path, text in FILES.items()}
    files["src/shop/web.py"] = "from shop.tasks.mail import send\nsend.delay(1)\n"
    monolith(tmp_path, files)
    tree = read_tree(tmp_path, roots=["src"])
    change = add(tree, assessed(tree, NAME, kind=TriggerKind.QUEUE, framework="celery", registered="@"), Choices())
    assert "src/shop/migrator_seam.py" in change.files
    assert b"from shop import migrator_seam\n" in (change.files["src/shop/web.py"] or b"")


def test_somebody_elses_module_or_name_is_not_touched(tmp_path: Path) -> None:
    web = {"shop/web.py": "from shop.tasks.mail import send\nmigrator_seam = 1\nsend.delay(1)\n"}
    with pytest.raises(Refused, match="uses the name migrator_seam for something else"):
        route_task(tmp_path, web)
    web = {"shop/web.py": "from shop.tasks.mail import send\nsend.delay(1)\n", "shop/migrator_seam.py": "mine = 1\n"}
    with pytest.raises(Refused, match="that migrator did not write"):
        route_task(tmp_path, web)


WEB = "from shop.tasks.mail import send\n\n\ndef f():\n    send.delay(1)\n"


def test_in_and_out_leaves_nothing(tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    (tmp_path / "shop" / "web.py").chmod(0o755)
    before = contents(tmp_path)
    apply(add(read_tree(tmp_path), found, Choices(sticky="order_id")))
    assert (tmp_path / "shop" / "web.py").stat().st_mode & 0o777 == 0o755
    (shown,) = show_seam(tmp_path).routed
    assert (shown.name, shown.weight, [(place.path, place.line) for place in shown.places]) == (
        NAME,
        0,
        [("shop/web.py", 6)],
    )
    with pytest.raises(Refused, match="is routed already"):
        add(read_tree(tmp_path), found, Choices())
    change = remove_seam(tmp_path, NAME)
    assert "-    migrator_seam.task(" in diff(change)
    apply(change)
    assert contents(tmp_path) == before
    assert not (tmp_path / ".migrator").exists()
    with pytest.raises(UsageError, match="there is no seam"):
        remove_seam(tmp_path, None)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "\n\ndef g():\n    return 2\n",
        lambda text: "# on top\n" + text,
        lambda text: text.replace("def f():\n", "def f():\n    # before\n"),
        lambda text: text.replace(".delay(1)", ".delay(2, x=3)"),
        lambda text: text.replace("import send\n", "import send\nimport os\n"),
    ],
)
def test_edits_elsewhere_stay(edit: object, tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    apply(add(read_tree(tmp_path), found, Choices()))
    web = tmp_path / "shop" / "web.py"
    web.write_text(edit(web.read_text()))  # type: ignore[operator]
    change = remove_seam(tmp_path, None)
    assert not change.left
    apply(change)
    assert web.read_text() == edit(WEB)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("old", "new", "left", "told"),
    [
        # As a formatter wraps it.
        (
            'migrator_seam.task("shop.tasks.mail.send", send)',
            'migrator_seam.task(\n        "shop.tasks.mail.send", send\n    )',
            WEB,
            "shop/web.py:6: was edited since",
        ),
        (
            "from shop import migrator_seam\n",
            "from shop import celery, migrator_seam\n",
            WEB.replace("\n\n\n", "\nfrom shop import celery, migrator_seam\n\n\n", 1),
            "shop/web.py:2: still speaks of the seam",
        ),
        (
            "    migrator_seam.task",
            "    x = migrator_seam.counts()\n    migrator_seam.task",
            WEB.replace("\n\n\n", "\nfrom shop import migrator_seam\n\n\n", 1).replace(
                "    send", "    x = migrator_seam.counts()\n    send"
            ),
            "shop/web.py:2: still speaks of the seam",
        ),
    ],
)
def test_edits_of_the_seams_own_text_are_told(old: str, new: str, left: str, told: str, tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    apply(add(read_tree(tmp_path), found, Choices()))
    web = tmp_path / "shop" / "web.py"
    assert old in web.read_text()
    web.write_text(web.read_text().replace(old, new))
    change = remove_seam(tmp_path, None)
    assert any(f"{place.path}:{place.line}: {place.reason}".startswith(told) for place in change.left)
    apply(change)
    assert web.read_text() == left
    compile(left, "web.py", "exec")
    # As long as a file imports it, the module stays.
    assert (tmp_path / "shop" / "migrator_seam.py").exists() == ("migrator_seam" in left)


def test_a_file_that_can_no_longer_be_parsed_is_told_and_the_seam_stays(tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    apply(add(read_tree(tmp_path), found, Choices()))
    web = tmp_path / "shop" / "web.py"
    web.write_text(web.read_text() + "def (\n")
    change = remove_seam(tmp_path, None)
    assert "the seam is still in it" in change.left[0].reason
    apply(change)
    assert (tmp_path / "shop" / "migrator_seam.py").exists()
    web.write_text(web.read_text().removesuffix("def (\n"))
    apply(remove_seam(tmp_path, None))
    assert web.read_text() == WEB
    assert not (tmp_path / "shop" / "migrator_seam.py").exists()


def test_two_candidates_in_one_file_come_out_one_by_one(tmp_path: Path) -> None:
    files = {
        "shop/tasks/mail.py": MAIL + "\n@app.task\ndef other():\n    pass\n",
        "shop/web.py": "from shop.tasks.mail import other, send\n\nsend.delay(1); other.delay()\n",
    }
    first = task(tmp_path, files)
    tree = read_tree(tmp_path)
    second = assessed(tree, "shop.tasks.mail.other", kind=TriggerKind.QUEUE, framework="celery", registered="@app.task")
    before = contents(tmp_path)
    apply(add(read_tree(tmp_path), first, Choices()))
    alone = contents(tmp_path)
    apply(add(read_tree(tmp_path), second, Choices()))
    (tmp_path / "shop" / "web.py").write_text((tmp_path / "shop" / "web.py").read_text() + "# edited\n")
    apply(remove_seam(tmp_path, "shop.tasks.mail.other"))
    assert contents(tmp_path)["shop/web.py"] == alone["shop/web.py"] + b"# edited\n"
    with pytest.raises(UsageError, match="there is no seam for"):
        remove_seam(tmp_path, "shop.tasks.mail.other")
    apply(remove_seam(tmp_path, NAME))
    after = contents(tmp_path)
    assert after.pop("shop/web.py") == before.pop("shop/web.py") + b"# edited\n"
    assert after == before


def test_weights_of_others_stay(tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    weights = tmp_path / "shop" / "migrator_seam.json"
    weights.write_text('{"schema": "migrator.weights/1", "routes": {"a.b": {"weight": 7}}}')
    apply(add(read_tree(tmp_path), found, Choices()))
    assert '"a.b"' in weights.read_text()
    apply(remove_seam(tmp_path, None))
    assert '"a.b"' in weights.read_text() and NAME not in weights.read_text()
    weights.write_text("[]")
    with pytest.raises(InputError, match=r"not a migrator\.weights/1 document"):
        add(read_tree(tmp_path), found, Choices())


def test_a_change_is_not_applied_to_files_that_changed_meanwhile(tmp_path: Path) -> None:
    change = route_task(tmp_path, {"shop/web.py": WEB})
    (tmp_path / "shop" / "web.py").write_text(WEB + "# new\n")
    before = contents(tmp_path)
    with pytest.raises(Refused, match="has changed while it was looked at"):
        apply(change)
    assert contents(tmp_path) == before


def test_who_reads_the_monolith_does_not_see_the_seam(tmp_path: Path) -> None:
    found = task(tmp_path, {"shop/web.py": WEB})
    plain = read_tree(tmp_path)
    apply(add(plain, found, Choices()))
    apply(add(read_tree(tmp_path), found, Choices(at=At.REGISTRATION)))
    assert without_seam(read_tree(tmp_path), keep_lines=False) == plain
    kept = without_seam(read_tree(tmp_path), keep_lines=True)
    for path, file in kept.by_path.items():
        on_disk = (tmp_path / path).read_text()
        assert file.lines == on_disk.count("\n")
        assert "migrator_seam" not in file.text
    assert kept.by_path["shop/web.py"].text.splitlines()[5] == "    send.delay(1)"


def test_a_link_is_edited_where_it_leads(tmp_path: Path) -> None:
    task(tmp_path, {"shop/web.py": WEB})
    (tmp_path / "shop" / "link.py").symlink_to("web.py")
    found = task(tmp_path, {})
    change = add(read_tree(tmp_path), found, Choices())
    assert [place.path for place in change.places] == ["shop/web.py"]


@pytest.mark.parametrize("way", only(["in"], ["in", "out"]))
def test_killed_anywhere_the_next_run_goes_on_and_out_is_out(way: str, tmp_path: Path) -> None:
    files = {"shop/web.py": WEB, "shop/api.py": WEB}
    task(tmp_path / "plain", files)
    task(tmp_path / "start", files)
    if way == "out":
        put_in(tmp_path / "start")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_seam", str(tmp_path / "start"), str(tmp_path), way],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
    for number in range(int(done.stdout)):
        folder = tmp_path / str(number)
        with contextlib.suppress(UsageError):
            show_seam(folder)  # as it will be, whatever state the files are in
        settle(folder)
        with contextlib.suppress(UsageError):  # none has been put in yet, or it is out already
            apply(remove_seam(folder, None))
        # What was staged without ever having happened is cleared away by whoever writes next.
        found = {path: data for path, data in contents(folder).items() if not path.startswith(".migrator/next/")}
        assert found == contents(tmp_path / "plain"), number
