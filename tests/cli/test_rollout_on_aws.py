"""A rollout behind a load balancer, its record in DynamoDB, looked at by a scheduled function: on a server like AWS's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from migrator.bootstrap.scheduled import handler
from migrator.domain.rollouts import Phase
from migrator.errors import UsageError
from tests.cli.test_router import migrator
from tests.support.moto import REGION, aws_server, balancer, table
from tests.support.rollout_shell import Shell

ROUTER = """\
version: 1
plane: {{kind: alb, listener: "{listener}", endpoint: "{server}"}}
routes:
  - name: tax
    match: {{http: {{methods: [POST], path: /api/tax}}}}
    legacy: {{target_group: "{legacy}"}}
    canary: {{lambda: tax, target_group: "{canary}"}}
    weight: 0
    sticky: {{cookie: 1h}}
    rollout:
      steps: [{{weight: 5, bake: 1h}}, {{weight: 100, bake: 1h}}]
      gates: [{{error_rate: {{worse_by: 1pp}}}}]
      silence: {{limit: 1h}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


def test_a_scheduled_function_drives_what_a_person_has_started(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = balancer(server)
    router = tmp_path / "router.yaml"
    router.write_text(ROUTER.format(listener=shop.listener, server=server, legacy=shop.legacy, canary=shop.canary))
    assert migrator("apply", "--yes", cwd=tmp_path).returncode == 0
    with table(server) as name:
        state = f"dynamodb://{name}?region={REGION}&endpoint={server}"
        shell = Shell(tmp_path)
        started = shell.run("start", "tax", "--yes", "--state", state, "--json")
        assert started.returncode == 0, started.stderr
        assert json.loads(started.stdout)["weight"]["live"] == pytest.approx(5, abs=0.2)
        monkeypatch.setenv("MIGRATOR_STATE", state)
        monkeypatch.setenv("MIGRATOR_ROUTER", str(router))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state home"))
        shop.share_by_hand("tax", 500, 500)
        [told] = handler({}, SimpleNamespace())["rollouts"]
        assert (told["route"], told["phase"], told["weight"]) == ("tax", Phase.SHIFTING, 5)
        assert json.loads(capsys.readouterr().out) == told
        history = shell.run("history", "tax", "--state", state)
        assert "drift: 50 % is live" in history.stdout
        assert shell.run("history", "tax", "--state", state, "--replay").returncode == 0
        assert shell.run("rollback", "tax", "--state", state).returncode == 0
        [told] = handler({}, SimpleNamespace())["rollouts"]
        assert (told["phase"], told["weight"]) == (Phase.ROLLED_BACK, 0)


def test_a_store_in_the_function_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATOR_STATE", "sqlite:///tmp/rollouts")
    with pytest.raises(UsageError, match="outlasts the function"):
        handler({}, SimpleNamespace())
