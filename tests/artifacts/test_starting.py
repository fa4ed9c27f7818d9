"""What comes before the function and around it: data files, an application that is started, coroutines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.artifacts import OnConflict, load_manifest, make_artifacts, write
from migrator.bootstrap import service_checks
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Strategy
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from tests.support.jobs import planned_job
from tests.support.slices import planned

BYTES = b"\x89PNG\r\n\x00\xff\r\nnot\ntext"
CALLED = """
import click

from shop.state import seen


@click.command()
@click.argument("to")
def greet(to: str) -> list[str]:
    seen.append(to)
    return seen
"""
FILES = {"shop/__init__.py": "", "shop/state.py": "seen: list[str] = []\n", "shop/jobs.py": CALLED}


def cut_out(folder: Path, files: Mapping[str, str] = FILES) -> PlannedSlice:
    state = dict.fromkeys((Effect.PROCESS_STATE_READ, Effect.PROCESS_STATE_WRITE), "what the tests look at")
    return planned_job(folder, files, "shop.jobs.greet", accepted=state, accepted_unresolved="looked at")


def started(made: PlannedSlice, boot: Boot, modules: Mapping[str, str]) -> PlannedSlice:
    """The slice with an application, as a plan of that strategy has it."""
    plan = replace(made.plan, strategy=Strategy.APPLICATION, boot=boot)
    return replace(made, plan=plan, modules={**made.modules, **modules})


def run(folder: Path, *names: str) -> list[str]:
    """The answers of the handler, in a process of its own that has the service's sources only."""
    code = (
        "import json, os, sys; out = os.fdopen(os.dup(1), 'w'); os.dup2(2, 1)\n"
        "sys.path.insert(0, sys.argv[1]); from tests.artifacts.events import CONTEXT; sys.path.pop(0)\n"
        "from app import handler\n"
        "for name in sys.argv[2:]:\n"
        "    event = {'id': name, 'args': [name], 'kwargs': {}}\n"
        "    print(json.dumps(handler(event, CONTEXT)), file=out)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).resolve().parents[2]), *names],
        cwd=folder / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line)["result"] for line in done.stdout.splitlines()]


def test_data_files_lie_beside_the_code_byte_for_byte(tmp_path: Path) -> None:
    made = replace(cut_out(tmp_path / "monolith"), data={"shop/logo.png": BYTES, "shop/mail.txt": b"Hi\r\n"})
    service = tmp_path / "service"
    write(make_artifacts(made), service)
    assert (service / "src/shop/logo.png").read_bytes() == BYTES
    assert (service / "src/shop/mail.txt").read_bytes() == b"Hi\r\n"
    manifest = load_manifest(service)
    assert manifest is not None
    assert {"src/shop/logo.png", "src/shop/mail.txt"} <= {file.path for file in manifest.files}
    assert len(write(make_artifacts(made), service).unchanged) == len(manifest.files) + 1


def test_an_edited_text_of_the_data_is_merged_and_anything_else_a_conflict(tmp_path: Path) -> None:
    first = replace(
        cut_out(tmp_path / "monolith"), data={"shop/logo.png": BYTES, "shop/mail.txt": b"one\ntwo\nthree\nfour\n"}
    )
    service = tmp_path / "service"
    write(make_artifacts(first), service)
    (service / "src/shop/mail.txt").write_bytes(b"ONE\ntwo\nthree\nfour\n")
    second = replace(first, data={**first.data, "shop/mail.txt": b"one\ntwo\nthree\nFOUR\n"})
    assert write(make_artifacts(second), service).merged == ("src/shop/mail.txt",)
    assert (service / "src/shop/mail.txt").read_bytes() == b"ONE\ntwo\nthree\nFOUR\n"

    (service / "src/shop/logo.png").write_bytes(b"mine\x00")
    third = replace(second, data={**second.data, "shop/logo.png": BYTES + b"new"})
    for choice in (OnConflict.STOP, OnConflict.MARK):
        with pytest.raises(Refused, match="no lines to merge"):
            write(make_artifacts(third), service, on_conflict=choice)
    assert (service / "src/shop/logo.png").read_bytes() == b"mine\x00"
    write(make_artifacts(third), service, on_conflict=OnConflict.OVERWRITE)
    assert (service / "src/shop/logo.png").read_bytes() == BYTES + b"new"


def test_a_data_file_with_the_name_of_a_generated_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"requirements\.txt has the name of a file that the service needs"):
        make_artifacts(replace(cut_out(tmp_path), data={"requirements.txt": b""}))


def test_the_application_is_started_before_anything_of_it_is_imported(tmp_path: Path) -> None:
    boot = Boot(BootKind.MAPPED, "zz_boot", "its classes refer to each other by name")
    modules = {
        "zz_boot.py": "import sys\n\nfrom shop.state import seen\n\nseen.append(str('shop.jobs' in sys.modules))\n"
    }
    write(make_artifacts(started(cut_out(tmp_path / "monolith"), boot, modules)), tmp_path / "service")
    assert run(tmp_path / "service", "Zoë") == [["False", "Zoë"]]


def test_each_run_has_a_context_of_flask_of_its_own(tmp_path: Path) -> None:
    boot = Boot(BootKind.FLASK, "zz_boot", "its extensions keep sessions by context", application="web")
    modules = {
        "zz_boot.py": "from flask import Flask\n\nfrom shop.state import seen\n\nweb = Flask('shop')\n\n\n"
        "@web.teardown_appcontext\ndef closed(_: object) -> None:\n    seen.append('closed')\n"
    }
    write(make_artifacts(started(cut_out(tmp_path / "monolith"), boot, modules)), tmp_path / "service")
    assert run(tmp_path / "service", "a", "b")[-1] == ["a", "closed", "b", "closed"]


def test_each_run_closes_the_connections_of_django_that_are_of_no_more_use(tmp_path: Path) -> None:
    pytest.importorskip("django")
    boot = Boot(BootKind.DJANGO, "zz_boot", "its models need it", settings_module="zz_settings")
    opened = (
        "from django.db import connection\n\nfrom shop.state import seen\n\n\n"
        "def look() -> None:\n    seen.append('open' if connection.connection else 'closed')\n"
        "    connection.ensure_connection()\n"
    )
    modules = {
        "zz_settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'x.sqlite3'}}\n",
        "zz_boot.py": "import os\n\nimport django\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'zz_settings'\ndjango.setup()\n",
        "zz_look.py": opened,
        "shop/jobs.py": "import zz_look\nfrom shop.state import seen\n\n\ndef greet(to: str) -> list[str]:\n"
        "    zz_look.look()\n    return seen\n",
    }
    write(make_artifacts(started(cut_out(tmp_path / "monolith"), boot, modules)), tmp_path / "service")
    assert run(tmp_path / "service", "a", "b")[-1] == ["closed", "closed"]


def test_coroutine_functions_share_one_loop(tmp_path: Path) -> None:
    asynchronous = CALLED.replace("def greet", "async def greet").replace(
        "    seen.append(to)", "    import asyncio\n    seen.append(str(id(asyncio.get_running_loop())))"
    )
    made = cut_out(tmp_path / "monolith", {**FILES, "shop/jobs.py": asynchronous})
    write(make_artifacts(made), tmp_path / "service")
    first, second = run(tmp_path / "service", "a", "b")[-1]
    assert first == second


@pytest.mark.parametrize("lines", ["", "from flask import request\n\n"])
def test_coroutine_functions_answer_requests(lines: str, tmp_path: Path) -> None:
    if lines:
        pytest.importorskip("asgiref")
    text = f"import asyncio\n{lines}from flask import Blueprint\n\nbp = Blueprint('b', __name__)\n\n\n@bp.get('/<int:a>')\n"
    text += "async def view(a):\n    await asyncio.sleep(0)\n    return {'a': a"
    text += ", 'agent': request.headers.get('user-agent')}\n" if lines else "}\n"
    found = EffectFinding(Effect.REQUEST_CONTEXT, (Evidence(Location("shop.py", 10), "reads flask.request"),))
    made = planned(
        tmp_path / "monolith",
        {"shop.py": text},
        "shop.view",
        paths=["/<int:a>"],
        registered="@bp",
        effects=[found] if lines else [],
        accepted={Effect.REQUEST_CONTEXT: "the handler makes the request"},
    )
    write(make_artifacts(made), tmp_path / "service")
    assert [check.findings for check in service_checks(tmp_path / "service") if check.name in ("tests", "python")] == [
        (),
        (),
    ]
