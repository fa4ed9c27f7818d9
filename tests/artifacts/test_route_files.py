"""The routes of a candidate as files of a repository: each kind as the router has it, and the main file beside them."""

from __future__ import annotations

from pathlib import Path

from migrator.artifacts.route_files import Routing, route_files
from migrator.artifacts.seam import At
from migrator.artifacts.service import describe_handler
from migrator.domain.layouts import layout
from migrator.domain.triggers import TriggerKind
from migrator.plan import PlannedSlice, make_plan
from tests.support.slices import assessed, monolith

WEIGHTS = "shop/migrator_seam.json"


def sent(folder: Path) -> PlannedSlice:
    tree = monolith(
        folder,
        {
            "shop/__init__.py": "",
            "shop/app.py": "app = None\n",
            "shop/mail.py": "from shop.app import app\n\n@app.task\ndef send(order_id):\n    return order_id\n",
        },
    )
    found = assessed(tree, "shop.mail.send", kind=TriggerKind.QUEUE, framework="celery", registered="@app.task")
    return make_plan(tree, found)


def test_a_task_is_routed_where_it_is_sent_and_its_main_file_includes_it(tmp_path: Path) -> None:
    planned = sent(tmp_path)
    routing = Routing(WEIGHTS, At.SENDS, sticky="order_id", queue="https://sqs.eu-central-1.amazonaws.com/1/mail")
    made = route_files(planned, describe_handler(planned), layout("shop-mail-send"), routing, None)
    assert set(made) == {"router.yaml", "routes/shop-mail-send.yaml"}
    assert 'include: ["routes/*.yaml"]' in made["router.yaml"]
