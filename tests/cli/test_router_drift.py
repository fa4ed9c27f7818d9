"""What somebody else has changed: said, never passed over, and taken or undone when told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_router import migrator

TWO = """\
version: 1
seam: {weights: weights.json}
routes:
  # the mail goes first
  - name: mail
    match: {task: shop.mail.send}
    canary: {lambda: mail}
    weight:   5   # since Monday
  - name: invoice
    match: {task: shop.invoice.send}
    canary: {lambda: invoice}
    weight: 5
    not_above: [mail]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "router.yaml").write_text(TWO)
    done = migrator("apply", "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def entry(folder: Path, name: str = "mail") -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "weights.json").read_text())["routes"][f"shop.{name}.send"]
    return found


def set_by_hand(folder: Path, **weights: float) -> None:
    document = json.loads((folder / "weights.json").read_text())
    for name, weight in weights.items():
        document["routes"][f"shop.{name}.send"]["weight"] = weight
    (folder / "weights.json").write_text(json.dumps(document))


def test_what_is_as_it_should_be_is_no_drift(folder: Path) -> None:
    checked = migrator("show", "--check", "--state", f"sqlite:///{folder}/state", cwd=folder)
    assert (checked.returncode, checked.stderr) == (0, "")
    differs = migrator("diff", cwd=folder)
    assert (differs.returncode, differs.stdout) == (0, "")


def test_a_weight_set_by_hand_is_drift(folder: Path) -> None:
    set_by_hand(folder, mail=40)
    checked = migrator("show", "--check", "--state", f"sqlite:///{folder}/state", cwd=folder)
    assert checked.returncode == 1
    assert checked.stderr == "mail: 40 % is live, but 5 % was set last: somebody else has changed it\n"
    assert "drift: 5 % was set last" in checked.stdout
    [mail, _] = json.loads(migrator("show", "--json", cwd=folder).stdout)["routes"]
    assert (mail["drift"], mail["weight"]) == (True, {"configured": 5, "live": 40, "recorded": 5})


def test_nothing_is_applied_over_drift_unless_told(folder: Path) -> None:
    set_by_hand(folder, mail=40)
    (folder / "router.yaml").write_text(TWO.replace("lambda: invoice", "lambda: invoices"))
    before = (folder / "weights.json").read_bytes()
    for more in ([], ["--weights"], ["--dry-run"]):
        done = migrator("apply", "--yes", *more, cwd=folder)
        assert done.returncode == 1
        assert "somebody else has set the weight of mail" in done.stderr
        assert "--adopt" in done.stderr
    assert (folder / "weights.json").read_bytes() == before


def test_adopting_takes_the_live_weight_also_into_the_file_whose_comments_stay(folder: Path) -> None:
    set_by_hand(folder, mail=40)
    done = migrator("apply", "--yes", "--adopt", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "router.yaml").read_text() == TWO.replace("weight:   5   #", "weight:   40   #")
    assert (entry(folder)["weight"], entry(folder)["recorded"]) == (40, 40)
    assert migrator("show", "--check", "--state", f"sqlite:///{folder}/state", cwd=folder).returncode == 0


def test_adopting_takes_a_sticky_group_along(tmp_path: Path) -> None:
    text = TWO.replace("    not_above: [mail]\n", "    sticky: {argument: a, group: shop}\n").replace(
        "   # since Monday\n", "\n    sticky: {argument: a, group: shop}\n"
    )
    (tmp_path / "router.yaml").write_text(text)
    assert migrator("apply", "--yes", cwd=tmp_path).returncode == 0
    set_by_hand(tmp_path, mail=40)
    done = migrator("apply", "--yes", "--adopt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the file says" not in done.stdout
    assert (tmp_path / "router.yaml").read_text() == text.replace("weight:   5", "weight:   40").replace(
        "weight: 5", "weight: 40"
    )
    assert (entry(tmp_path)["weight"], entry(tmp_path, "invoice")["weight"]) == (40, 40)


def test_a_live_weight_that_the_file_could_not_have_is_not_adopted(folder: Path) -> None:
    set_by_hand(folder, invoice=40)
    done = migrator("apply", "--yes", "--adopt", cwd=folder)
    assert done.returncode == 3
    assert (
        "with these weights the file would have a mistake: router.yaml:12:13: routes[1].weight: 40 is above"
        in done.stderr
    )
    assert (folder / "router.yaml").read_text() == TWO
    assert migrator("apply", "--yes", "--overwrite", cwd=folder).returncode == 0


def test_overwriting_sets_what_was_set_last(folder: Path) -> None:
    set_by_hand(folder, mail=40)
    done = migrator("apply", "--yes", "--overwrite", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "~ mail: weight 40 % -> 5 %, which was set last" in done.stdout
    assert (entry(folder)["weight"], entry(folder)["recorded"]) == (5, 5)
    assert (folder / "router.yaml").read_text() == TWO


def test_adopt_and_overwrite_exclude_each_other(folder: Path) -> None:
    assert migrator("apply", "--yes", "--adopt", "--overwrite", cwd=folder).returncode == 2
    assert migrator("apply", "--yes", "--adopt", "--weights", cwd=folder).returncode == 2


def test_a_weight_that_nothing_explains_is_told_by_check_alone(folder: Path) -> None:
    (folder / "router.yaml").write_text(TWO.replace("weight:   5", "weight: 50"))
    checked = migrator("show", "--check", "--state", f"sqlite:///{folder}/state", cwd=folder)
    assert (checked.returncode, checked.stderr) == (
        1,
        "mail: 5 % is live, the file says 50 %, and no rollout is recorded\n",
    )
    assert migrator("show", cwd=folder).returncode == 0


def test_a_route_above_what_it_depends_on_is_told_by_check(folder: Path) -> None:
    document = json.loads((folder / "weights.json").read_text())
    document["routes"]["shop.invoice.send"].update(weight=40, recorded=40)
    (folder / "weights.json").write_text(json.dumps(document))
    checked = migrator("show", "--check", "--state", f"sqlite:///{folder}/state", cwd=folder)
    assert checked.returncode == 1
    assert "invoice: 40 % is live, above the 5 % of mail, which it depends on" in checked.stderr


def test_diff_names_each_key(folder: Path) -> None:
    text = TWO.replace("lambda: mail}", "lambda: mails}\n    timeout: 5s").replace("name: invoice", "name: bill")
    (folder / "router.yaml").write_text(text)
    done = migrator("diff", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "~ mail: canary.function: mail -> mails",
        "~ mail: timeout_s: 2 -> 5",
        "+ bill: task shop.invoice.send at weight 5 %",
        "- invoice: task shop.invoice.send at weight 5 %",
    ]


def test_weights_are_set_in_the_order_that_dependencies_ask_for(folder: Path) -> None:
    text = TWO.replace("weight:   5", "weight: 60").replace("weight: 5\n", "weight: 60\n")
    # The dependent one first in the file: the other one goes first all the same.
    head, mail, invoice = (
        text.partition("  # the mail")[0],
        text[text.index("  # the") : text.index("  - name: inv")],
        text[text.index("  - name: inv") :],
    )
    (folder / "router.yaml").write_text(head + invoice + mail)
    done = migrator("apply", "--yes", "--weights", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (entry(folder)["weight"], entry(folder, "invoice")["weight"]) == (60, 60)
    (folder / "router.yaml").write_text(TWO.replace("weight:   5", "weight: 1").replace("weight: 5\n", "weight: 1\n"))
    assert migrator("apply", "--yes", "--weights", cwd=folder).returncode == 0
    assert (entry(folder)["weight"], entry(folder, "invoice")["weight"]) == (1, 1)


def test_a_route_is_retired_from_the_plane_and_the_file(folder: Path) -> None:
    state = ("--state", f"sqlite:///{folder}/state")
    dry = migrator("retire", "invoice", *state, "--dry-run", cwd=folder)
    assert dry.returncode == 0
    assert "its calls go to legacy; 5 % went to the canary" in dry.stdout
    assert migrator("retire", "invoice", *state, cwd=folder).returncode == 2, "nobody can be asked"
    assert (folder / "router.yaml").read_text() == TWO
    done = migrator("retire", "invoice", *state, "--yes", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "router.yaml").read_text() == TWO[: TWO.index("  - name: invoice")]
    assert list(json.loads((folder / "weights.json").read_text())["routes"]) == ["shop.mail.send"]
    again = migrator("retire", "invoice", *state, "--yes", cwd=folder)
    assert (again.returncode, "has no route 'invoice'" in again.stderr) == (2, True)


def test_a_route_that_others_depend_on_is_not_retired(folder: Path) -> None:
    done = migrator("retire", "mail", "--yes", "--state", f"sqlite:///{folder}/state", cwd=folder)
    assert done.returncode == 3
    assert "router.yaml:5:5" in done.stderr and "by hand: take the route mail out" in done.stderr
    assert entry(folder)["weight"] == 5


def test_a_file_saved_half_written_changes_nothing(folder: Path) -> None:
    before = (folder / "weights.json").read_bytes()
    for length in range(1, len(TWO) - 1, 7):
        (folder / "router.yaml").write_text(TWO[:length])
        from migrator.router import RouterError, load_router

        try:
            load_router(folder / "router.yaml")
        except RouterError as error:
            assert all(line.split(":")[1].isdigit() for line in error.lines)
    (folder / "router.yaml").write_text(TWO[: TWO.index("canary: {lambda: invoice") + 12])
    done = migrator("apply", "--yes", cwd=folder)
    assert (done.returncode, "router.yaml:" in done.stderr) == (3, True)
    assert (folder / "weights.json").read_bytes() == before


def test_a_rollout_of_a_group_says_what_it_moves(tmp_path: Path) -> None:
    from tests.cli.test_seam import migrator as any_command

    text = TWO.replace("    not_above: [mail]\n", "    sticky: {argument: a, group: shop}\n").replace(
        "   # since Monday\n", "\n    sticky: {argument: a, group: shop}\n"
    )
    (tmp_path / "router.yaml").write_text(text)
    router = ("--router", str(tmp_path / "router.yaml"), "--state", f"sqlite:///{tmp_path}/state")
    shown = any_command("rollout", "start", "mail", *router, "--dry-run")
    assert (shown.returncode, "invoice: in the same sticky group" in shown.stderr) == (0, True), shown.stderr
    assert migrator("apply", "--yes", cwd=tmp_path).returncode == 0
    started = any_command("rollout", "start", "mail", *router, "--yes")
    assert started.returncode == 0, started.stderr
    assert (entry(tmp_path)["weight"], entry(tmp_path, "invoice")["weight"]) == (5, 5)
    second = any_command("rollout", "start", "invoice", *router, "--yes")
    assert (second.returncode, "one sticky group" in second.stderr) == (1, True), second.stderr
    assert any_command("rollout", "rollback", "mail", *router, "--yes").returncode == 0
    assert (entry(tmp_path)["weight"], entry(tmp_path, "invoice")["weight"]) == (0, 0)
