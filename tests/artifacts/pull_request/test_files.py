"""Which files go into which commit, what becomes of hand edits, and where a forge reads the pipeline."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from migrator.artifacts.pipeline.placing import gitlab_job, workflow_for, workflow_path
from migrator.artifacts.pull_request import commits, missing_of, resources_of, title
from migrator.artifacts.pull_request.beside import settle
from migrator.artifacts.pull_request.titles import LONGEST
from migrator.domain.layouts import layout
from migrator.domain.pull_requests import Stage
from migrator.errors import InputError

PLACES = layout("mail")
FILES: dict[str, bytes | None] = {
    "services/mail/src/app.py": b"a",
    "services/mail/README.md": b"a",
    "services/mail/events/a.json": None,
    "services/mail/template.yaml": b"a",
    "services/mail/.github/workflows/mail.yml": b"a",
    ".github/workflows/mail.yml": b"a",
    "routes/mail.yaml": b"a",
    "router.yaml": b"a",
    "shop/orders.py": b"a",
    "shop/migrator_seam.py": b"a",
    "services/mail/tests/test_handler.py": b"a",
    "services/mail/RUNBOOK.md": b"a",
    "services/mail/migrator-manifest.json": b"a",
    "services/mail/.migrator/base.zip": b"a",
}
SEAM = frozenset({"shop/orders.py", "shop/migrator_seam.py"})


def test_service_infrastructure_seam_and_tests_follow_each_other_and_have_every_file_once() -> None:
    drafts = commits("shop.tasks.mail.send", "mail", FILES, PLACES, SEAM)

    assert [sorted(draft.files) for draft in drafts] == [
        ["services/mail/README.md", "services/mail/events/a.json", "services/mail/src/app.py"],
        [
            ".github/workflows/mail.yml",
            "router.yaml",
            "routes/mail.yaml",
            "services/mail/.github/workflows/mail.yml",
            "services/mail/template.yaml",
        ],
        sorted(SEAM),
        [
            "services/mail/.migrator/base.zip",
            "services/mail/RUNBOOK.md",
            "services/mail/migrator-manifest.json",
            "services/mail/tests/test_handler.py",
        ],
    ]
    assert drafts[0].files["services/mail/events/a.json"] is None
    assert [draft.subject for draft in drafts] == [
        "Add the service mail",
        "Describe how mail is deployed and routed",
        "Let legacy code ask the router for mail.send",
        "Test mail, and say how it is run",
    ]


def test_a_part_that_changes_nothing_has_no_commit() -> None:
    [only] = commits("shop.f", "f", {"services/f/src/app.py": b"b"}, layout("f"), again=True)

    assert only.subject == "Bring the service f up to date"
    assert commits("shop.f", "f", {}, layout("f")) == ()


@given(st.text(max_size=400))
def test_a_subject_and_a_title_are_one_line_that_can_be_seen(name: str) -> None:
    subjects = [draft.subject for draft in commits(name, "mail", FILES, PLACES, SEAM)]
    titles = [title(stage, name) for stage in Stage]

    for text in (*subjects, *titles):
        assert text.isprintable()
        assert len(text) <= LONGEST


def test_a_long_name_keeps_both_of_its_ends() -> None:
    made = title(Stage.MOVE, f"first.{'x' * 300}.last")

    assert len(made) == LONGEST
    assert made.startswith("Move first.xx")
    assert made.endswith("xx.last to Lambda (weight 0)")
    assert title(Stage.MOVE, "a.b") == "Move a.b to Lambda (weight 0)"


def run(texts: dict[str, str], there: dict[str, bytes | None], archive: bytes | None) -> dict[str, bytes | None]:
    """What lies there after a run, and the archive as `kept`."""
    made = settle(texts, {path: there.get(path) for path in texts}, archive)
    return {**there, **made.files, "kept": made.kept, "disagree": "\n".join(made.disagree).encode()}


LINES = "".join(f"{number}\n" for number in range(20))


def test_what_people_change_stays_and_what_is_generated_anew_comes_in() -> None:
    there = run({"r": LINES}, {}, None)
    assert there["r"] == LINES.encode()
    edited = {**there, "r": LINES.replace("3\n", "three\n", 1).encode()}
    again = run({"r": LINES}, edited, edited["kept"])
    assert again == edited

    newer = run({"r": LINES.replace("15\n", "fifteen\n")}, again, again["kept"])

    assert newer["r"] == LINES.replace("3\n", "three\n", 1).replace("15\n", "fifteen\n").encode()
    # The hand's line is still told from the generated one.
    last = run({"r": LINES.replace("16\n", "sixteen\n")}, newer, newer["kept"])
    assert last["r"] == LINES.replace("3\n", "three\n", 1).replace("16\n", "sixteen\n").encode()


def test_where_both_change_a_line_the_hand_stands_and_it_is_said_each_time() -> None:
    there = run({"r": LINES}, {}, None)
    there["r"] = LINES.replace("3\n", "three\n", 1).encode()
    for _ in range(2):
        there = run({"r": LINES.replace("3\n", "III\n", 1)}, there, there["kept"])
        assert there["r"] == LINES.replace("3\n", "three\n", 1).encode()
        assert there["disagree"] == b"r"


def test_a_file_that_somebody_deleted_stays_away_and_one_that_was_there_before_stays_as_it_is() -> None:
    there = run({"a": "x\n", "b": "x\n"}, {"b": b"theirs\n"}, None)
    assert there["b"] == b"theirs\n"
    there["a"] = None
    assert run({"a": "y\n", "b": "y\n"}, there, there["kept"])["a"] is None
    assert run({"a": "y\n"}, {}, b"no archive")["a"] == b"y\n"


TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev}
  SubnetIds:
    Type: List<String>
    Description: Private
      subnets.
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub "x-${Stage}"}
  Hook:
    Type: AWS::Serverless::Function
    Condition: IsGradual
"""


def test_a_template_is_counted_without_what_its_functions_become() -> None:
    assert [(each.name, each.kind, each.condition) for each in resources_of(TEMPLATE)] == [
        ("Queue", "AWS::SQS::Queue", ""),
        ("Hook", "AWS::Serverless::Function", "IsGradual"),
    ]
    assert missing_of(TEMPLATE) == {"SubnetIds": "Private subnets."}


def test_the_workflow_at_the_top_is_the_one_that_the_services_makefile_would_put_there(tmp_path: Path) -> None:
    golden = next(Path(__file__).parents[2].glob("golden/services/*/Makefile")).parent
    workflow = next((golden / ".github/workflows").glob("*.yml"))
    service = workflow.stem
    folder = tmp_path / "services" / service
    (folder / workflow_path(service)).parent.mkdir(parents=True)
    (folder / workflow_path(service)).write_bytes(workflow.read_bytes())
    (folder / "Makefile").write_bytes((golden / "Makefile").read_bytes())
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    done = subprocess.run(["make", "-s", "pipeline"], cwd=folder, check=True, capture_output=True, text=True)

    made = workflow_for(workflow.read_text(), service, f"services/{service}")

    assert made == (tmp_path / workflow_path(service)).read_text()
    assert gitlab_job(service, f"services/{service}") in done.stdout
    said = YAML(typ="safe", pure=True).load(made)
    assert said["env"]["SERVICE_FOLDER"] == f"services/{service}"
    assert said[True]["push"]["paths"] if True in said else said["on"]["push"]["paths"]
    assert not re.search(r'paths: \["\*\*"\]', made)


@pytest.mark.parametrize("folder", ["a b", "a$(id)", 'a"b', "a\nb", "ü"])
def test_a_folder_that_would_be_more_than_a_name_is_refused(folder: str) -> None:
    with pytest.raises(InputError, match="cannot have this folder's name"):
        workflow_for("", "x", folder)
    with pytest.raises(InputError, match="cannot have this folder's name"):
        gitlab_job("x", folder)
