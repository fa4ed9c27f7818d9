"""`migrator router` on a load balancer, on the aliases of functions, and on weights kept in S3: a server like AWS's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_router import migrator
from tests.support.moto import REGION, Balancer, Function, aws_server, balancer, client, function


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.fixture(scope="module")
def shop(server: str) -> Balancer:
    return balancer(server)


@pytest.fixture(scope="module")
def tax(server: str) -> Function:
    made = function(server)
    made.add_alias("live")
    return made


def test_a_route_behind_a_load_balancer(server: str, shop: Balancer, tmp_path: Path) -> None:
    (tmp_path / "router.yaml").write_text(f"""\
version: 1
plane: {{kind: alb, listener: "{shop.listener}", endpoint: "{server}"}}
routes:
  - name: tax
    match: {{http: {{methods: [POST], path: "/api/tax/{{country}}"}}}}
    legacy: {{target_group: "{shop.legacy}"}}
    canary: {{lambda: tax, target_group: "{shop.canary}"}}
    weight: 5.1   # rounded
    sticky: {{cookie: 1h}}
""")
    done = migrator("apply", "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "+ tax: POST /api/tax/{country} at weight" in done.stdout
    [route] = json.loads(migrator("show", "--json", cwd=tmp_path).stdout)["routes"]
    assert route["state"] == "same" and route["weight"]["live"] == route["weight"]["configured"] != 5.1
    shop.share_by_hand("tax", 900, 100)
    checked = migrator("show", "--check", "--state", f"sqlite:///{tmp_path}/state", cwd=tmp_path)
    assert (checked.returncode, "somebody else has changed it" in checked.stderr) == (1, True)
    assert migrator("apply", "--yes", cwd=tmp_path).returncode == 1
    assert migrator("apply", "--yes", "--overwrite", cwd=tmp_path).returncode == 0
    assert migrator("diff", cwd=tmp_path).returncode == 0

    groups = [{"TargetGroupArn": shop.empty, "Weight": 1}]
    shop.elbv2.modify_rule(
        RuleArn=shop.rule("tax")["RuleArn"], Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    )
    shown = migrator("show", cwd=tmp_path)
    assert (shown.returncode, "drift: pointed elsewhere" in shown.stdout) == (0, True), shown.stderr
    adopted = migrator("apply", "--yes", "--adopt", cwd=tmp_path)
    assert (adopted.returncode, "there is no weight of tax to take" in adopted.stderr) == (1, True)
    assert migrator("apply", "--yes", "--overwrite", cwd=tmp_path).returncode == 0
    [route] = json.loads(migrator("show", "--json", cwd=tmp_path).stdout)["routes"]
    assert (route["drift"], route["weight"]["live"]) == (False, route["weight"]["configured"])
    done = migrator("retire", "tax", "--yes", "--state", f"sqlite:///{tmp_path}/state", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [rule for rule in shop.rules() if not rule["IsDefault"]] == []


def test_a_shift_between_two_versions(server: str, tax: Function, tmp_path: Path) -> None:
    (tmp_path / "router.yaml").write_text(f"""\
version: 1
functions: {{region: {REGION}, endpoint: "{server}"}}
routes:
  - name: tax-next
    match: {{function: tax, alias: live}}
    legacy: {{version: "1"}}
    canary: {{version: "2"}}
    weight: 5
""")
    done = migrator("apply", "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "applied to the aliases of functions: 1 route" in done.stdout
    assert tax.alias("live")["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.05}}
    (tmp_path / "router.yaml").write_text((tmp_path / "router.yaml").read_text().replace("weight: 5", "weight: 100"))
    assert migrator("apply", "--yes", "--weights", cwd=tmp_path).returncode == 0
    assert tax.alias("live")["FunctionVersion"] == "2"


def test_weights_in_s3_reach_the_hosts_by_sync(server: str, tmp_path: Path) -> None:
    client("s3", server).create_bucket(Bucket="router", CreateBucketConfiguration={"LocationConstraint": REGION})
    (tmp_path / "router.yaml").write_text(f"""\
version: 1
seam: {{weights: weights.json, source: "s3://router/weights.json", region: {REGION}, endpoint: "{server}"}}
routes:
  - {{name: mail, match: {{task: shop.mail.send}}, canary: {{lambda: mail}}, weight: 5}}
""")
    early = migrator("sync", cwd=tmp_path)
    assert (early.returncode, "has no weights yet" in early.stderr) == (4, True)
    assert migrator("apply", "--yes", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "weights.json").exists(), "the hosts' files are filled by sync alone"
    first = migrator("sync", cwd=tmp_path)
    assert first.stdout == "weights.json: filled from s3://router/weights.json\n"
    assert migrator("sync", cwd=tmp_path).stdout == "weights.json: is what stands in s3://router/weights.json\n"
    assert json.loads((tmp_path / "weights.json").read_text())["routes"]["shop.mail.send"]["weight"] == 5
    done = json.loads(migrator("sync", "--json", cwd=tmp_path).stdout)
    assert done == {"file": "weights.json", "source": "s3://router/weights.json", "changed": False}


def test_without_a_source_there_is_nothing_to_fill_from(tmp_path: Path) -> None:
    (tmp_path / "router.yaml").write_text("version: 1\nseam: {weights: w.json}\nroutes: []\n")
    done = migrator("sync", cwd=tmp_path)
    assert (done.returncode, "names no source of weights" in done.stderr) == (2, True)


def test_render_shows_what_each_plane_would_be_given(shop: Balancer, tmp_path: Path) -> None:
    (tmp_path / "router.yaml").write_text(f"""\
version: 1
plane: {{kind: alb, listener: "{shop.listener}"}}
seam: {{weights: weights.json}}
routes:
  - name: tax
    match: {{http: {{methods: [POST], path: /tax}}}}
    legacy: {{target_group: "{shop.legacy}"}}
    canary: {{lambda: tax, target_group: "{shop.canary}"}}
    weight: 5
  - {{name: mail, match: {{task: shop.mail.send}}, canary: {{lambda: mail}}, weight: 7}}
  - {{name: next, match: {{function: tax}}, legacy: {{version: "1"}}, canary: {{version: "2"}}, weight: 9}}
""")
    done = migrator("render", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    [rule] = found["rules"]
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert {group["TargetGroupArn"]: group["Weight"] for group in groups} == {shop.canary: 25, shop.legacy: 475}
    assert found["weights"]["routes"]["shop.mail.send"]["weight"] == 7
    assert found["aliases"] == [
        {
            "FunctionName": "tax",
            "Name": "live",
            "FunctionVersion": "1",
            "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.09}},
            "Description": "[migrator route=next legacy=1 canary=2 weight=9]",
        }
    ]
