"""`migrator router` on routes of tasks and calls, as its users see it: the file of weights is the plane."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from migrator.resources import sample_root
from tests.cli.test_router import migrator
from tests.cli.test_seam import MAIL
from tests.cli.test_seam import migrator as any_command

ROUTER = f"""\
version: 1
seam: {{weights: shop/migrator_seam.json}}
routes:
  # mails of orders
  - name: order-mail
    match: {{task: {MAIL}}}
    canary: {{lambda: order-mail, queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/order-mail"}}
    weight: 5
    sticky: {{argument: order_id}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(sample_root(), tmp_path / "monolith", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    (tmp_path / "monolith" / "router.yaml").write_text(ROUTER)
    done = any_command("seam", "add", MAIL, "--root", str(tmp_path / "monolith"), "--yes")
    assert done.returncode == 0, done.stderr
    return tmp_path / "monolith"


def live(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "shop" / "migrator_seam.json").read_text())["routes"][MAIL]
    return found


def test_the_seam_is_given_what_the_file_says_and_its_weight_only_when_asked(folder: Path) -> None:
    assert migrator("validate", cwd=folder).stdout == "router.yaml: ok, 1 route\n"
    shown = migrator("show", cwd=folder)
    assert "order-mail  5 %         -     not on the plane" in shown.stdout
    dry = migrator("apply", "--dry-run", cwd=folder)
    assert dry.stdout == f"+ order-mail: task {MAIL} at weight 5 %\n"
    assert "route" not in live(folder)

    done = migrator("apply", "--yes", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "applied to the seam's weights in shop/migrator_seam.json: 1 route" in done.stdout
    assert live(folder)["weight"] == 5
    (folder / "router.yaml").write_text(ROUTER.replace("weight: 5", "weight: 25"))
    again = migrator("apply", "--yes", cwd=folder)
    assert "weight stays 5 %; the file says 25 %" in again.stdout

    assert migrator("apply", "--yes", "--weights", cwd=folder).returncode == 0
    assert live(folder)["weight"] == 25
    assert live(folder)["sticky"] == {"argument": "order_id"}
    [route] = json.loads(migrator("show", "--json", cwd=folder).stdout)["routes"]
    assert route == {
        "route": "order-mail",
        "state": "same",
        "weight": {"configured": 25.0, "live": 25.0, "recorded": 25.0},
        "drift": False,
        "fields": [],
        "task": MAIL,
        "canary": "https://sqs.eu-central-1.amazonaws.com/123456789012/order-mail",
    }
    nothing = migrator("apply", "--yes", cwd=folder)
    assert nothing.stdout == "nothing to do: what is live is what the file says\n"


def test_a_route_that_leaves_the_file_goes_back_to_legacy(folder: Path) -> None:
    migrator("apply", "--yes", "--weights", cwd=folder)
    kept, _, _ = ROUTER.partition("  # mails of orders")
    (folder / "router.yaml").write_text(kept.replace("routes:\n", "routes: []\n"))
    done = migrator("apply", "--yes", cwd=folder)
    assert "- order-mail: retired, its calls go to legacy; 5 % went to the canary" in done.stdout, done.stderr
    assert MAIL not in json.loads((folder / "shop" / "migrator_seam.json").read_text())["routes"]


def test_without_http_routes_there_is_no_envoy_to_start(folder: Path) -> None:
    done = migrator("render", "-o", "envoy", cwd=folder)
    assert done.returncode == 2
    assert "has no Envoy for HTTP calls" in done.stderr
    shown = json.loads(migrator("render", cwd=folder).stdout)
    assert list(shown) == ["weights"] and list(shown["weights"]["routes"]) == [MAIL]


def test_a_weights_file_that_nobody_committed_is_written_from_an_included_route(folder: Path) -> None:
    head, routes = ROUTER.split("routes:\n")
    (folder / "router.yaml").write_text(f'{head}include: ["routes/*.yaml"]\n')
    (folder / "routes").mkdir()
    (folder / "routes" / "order-mail.yaml").write_text(f"version: 1\nroutes:\n{routes}")
    (folder / "shop" / "migrator_seam.json").unlink()
    assert "not on the plane" in migrator("show", cwd=folder).stdout
    done = migrator("apply", "--yes", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (live(folder)["route"], live(folder)["weight"]) == ("order-mail", 5)

    weights = json.loads((folder / "shop" / "migrator_seam.json").read_text())
    weights["routes"][MAIL]["weight"] = 7
    (folder / "shop" / "migrator_seam.json").write_text(json.dumps(weights))
    assert migrator("apply", "--adopt", "--yes", cwd=folder).returncode == 0
    expected = f"version: 1\nroutes:\n{routes}".replace("weight: 5\n", "weight: 7\n")
    assert (folder / "routes" / "order-mail.yaml").read_text() == expected
    retired = migrator("retire", "order-mail", "--yes", cwd=folder)
    assert "- routes/order-mail.yaml: the route is taken out" in retired.stdout, retired.stderr
    assert (folder / "routes" / "order-mail.yaml").read_text() == "version: 1\nroutes:\n  # mails of orders\n  []\n"
