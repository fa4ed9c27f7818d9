"""Clean-up and the way back on a real repository with a bare remote: what the branches hold, and what the requests say."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.adapters.forges import open_forge
from migrator.adapters.repositories import open_repository
from migrator.artifacts.seam import Choices, apply
from migrator.bootstrap import open_state, seam_addition
from migrator.bootstrap.around import Around, Asked, FullName, Site
from migrator.bootstrap.going_back import GoingBack
from migrator.bootstrap.removing import CleaningUp
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import Stage
from migrator.domain.rollouts import Phase, RolloutPlan, RolloutState, Step
from migrator.errors import Refused
from migrator.publishing import Maker, Prepared, Wanted, prepare
from tests.support.cleaned import write

NAME = "app.jobs.job"
SERVICE = "app-jobs-job"
PLAN = RolloutPlan(SERVICE, (Step(100, 60),), ())
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
FILES = {
    "app/__init__.py": "",
    "app/celery_app.py": 'from celery import Celery\n\napp = Celery("app")\n',
    "app/jobs.py": """
        from app.celery_app import app
        from app.helpers import helper


        @app.task
        def job(number):
            return helper(number)


        @app.task
        def other(number):
            return number
    """,
    "app/helpers.py": "def helper(number):\n    return number\n\n\ndef stays(number):\n    return number\n",
    "app/web.py": "from app.jobs import job, other\n\n\ndef send():\n    job.delay(1)\n    other.delay(2)\n",
    "router.yaml": "version: 1\nseam: {weights: app/migrator_seam.json}\ninclude: [routes/*.yaml]\nroutes: []\n",
    f"routes/{SERVICE}.yaml": f"""
        version: 1
        routes:
          - name: {SERVICE}
            match: {{task: {NAME}}}
            legacy: {{queue: celery}}
            canary: {{lambda: {SERVICE}, alias: live}}
            weight: 100  # all of it
    """,
}


class Clone:
    """A person's clone, with a seam at the candidate's sends, pushed to a bare remote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.state = f"sqlite:///{folder}/rollouts.sqlite3"
        self.git("init", "-q", "--bare", str(folder / "remote.git"), at=folder)
        self.git("clone", "-q", str(folder / "remote.git"), str(self.folder), at=folder)
        write(self.folder, FILES)
        self.commit("Begin")
        queue = "https://sqs.eu-central-1.amazonaws.com/1/jobs"
        apply(seam_addition(self.folder, NAME, Choices(queue=queue), jobs=1)[1])
        self.commit("Route the job")

    def git(self, *arguments: str, at: Path | None = None) -> str:
        done = subprocess.run([*GIT, *arguments], cwd=at or self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, subject: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        self.git("push", "-q", "origin", "HEAD:main")

    def files(self, commit: str = "origin/main") -> Mapping[str, str]:
        self.git("fetch", "-q")
        names = self.git("ls-tree", "-r", "--name-only", commit).splitlines()
        return {name: self.git("show", f"{commit}:{name}") for name in names}

    def record(self, phase: Phase) -> None:
        with open_state(self.state) as store:
            known = store.load(SERVICE)
            store.save(
                RolloutState(SERVICE, PLAN, phase, 0, 100.0, 1, started=0.0, since=0.0),
                expected_version=known.version if known is not None else 0,
            )

    def prepare(self, stage: Stage, name: str = NAME, **accept: str) -> Prepared:
        repository = open_repository(self.folder)
        settings = ForgeSettings(kind=ForgeKind.GIT)
        site = Site(repository, open_forge(settings, "", {}), "")
        accepted = {key.replace("_", "-"): reason for key, reason in accept.items()}
        asked = Asked(self.folder, name, stage, accept=accepted, state=self.state, jobs=1)
        try:
            return self._prepare(Around(asked, name, settings, site, site, "", "services"))
        except FullName as found:
            return self._prepare(Around(asked, found.name, settings, site, site, "", "services"))

    def _prepare(self, around: Around) -> Prepared:
        stage = around.asked.stage
        stages = CleaningUp(around) if stage is Stage.CLEAN_UP else GoingBack(around)
        [(site, maker)] = stages.parts()
        branch = f"migrator/{SERVICE}-{stage.value}"
        wanted = Wanted("origin", branch, around.candidate, stage, below=("",))
        return _made(site, wanted, maker)

    def push(self, prepared: Prepared) -> None:
        self.git("push", "-q", "origin", f"{prepared.result}:refs/heads/{prepared.wanted.branch}")

    def merge(self, prepared: Prepared) -> None:
        self.push(prepared)
        self.git("fetch", "-q")
        self.git("reset", "-q", "--hard", "origin/main")
        self.git("merge", "-q", "--no-ff", "-m", "Merge it", prepared.result)
        self.git("push", "-q", "origin", "HEAD:main")


def _made(site: Site, wanted: Wanted, maker: Maker) -> Prepared:
    return prepare(site.repository, wanted, maker)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    for variable in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(variable, "A")
    for variable in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(variable, "a@example.org")
    return Clone(tmp_path)


def test_nothing_goes_before_the_route_is_promoted(clone: Clone) -> None:
    clone.record(Phase.SHIFTING)
    with pytest.raises(Refused, match="the rollout of the route app-jobs-job is shifting"):
        clone.prepare(Stage.CLEAN_UP)
    prepared = clone.prepare(Stage.CLEAN_UP, not_promoted="it was shifted by hand")
    assert "Taken on: it was shifted by hand" in prepared.draft().body


def test_seam_and_code_go_in_two_commits_and_a_second_run_changes_nothing(clone: Clone) -> None:
    clone.record(Phase.PROMOTED)
    prepared = clone.prepare(Stage.CLEAN_UP, "jobs.job")
    assert [each.subject for each in prepared.commits] == [
        f"Take the seam of {NAME} out of legacy code",
        f"Remove {NAME} from legacy, with what only it used",
    ]
    files = clone.files(prepared.result)
    assert not [name for name in files if "seam" in name]
    assert "seam" not in files["app/web.py"]
    assert "helper" not in files["app/helpers.py"] and "def stays" in files["app/helpers.py"]
    client = f"app/migrator_clients/{SERVICE.replace('-', '_')}.py"
    assert "https://sqs.eu-central-1.amazonaws.com/1/jobs" in files[client]
    draft = prepared.draft()
    assert draft.title == f"Remove {NAME} from legacy"
    for said in ("| `app.helpers.helper` |", "only app.jobs.job used it", "the rollout of app-jobs-job is promoted"):
        assert said.replace("app.jobs.job used", "`app.jobs.job` used") in draft.body or said in draft.body
    assert "`migrator router retire app-jobs-job`" in draft.body
    clone.push(prepared)
    again = clone.prepare(Stage.CLEAN_UP)
    assert not again.commits and again.draft() == draft


def test_a_sender_that_the_base_gets_meanwhile_is_edited_too_and_hands_edits_stay(clone: Clone) -> None:
    clone.record(Phase.PROMOTED)
    clone.push(clone.prepare(Stage.CLEAN_UP))
    clone.git("checkout", "-q", "-b", "mine", f"origin/migrator/{SERVICE}-clean-up")
    (clone.folder / "app/helpers.py").write_text("# By hand.\n")
    clone.git("commit", "-q", "-a", "-m", "By hand")
    clone.git("push", "-q", "origin", f"HEAD:migrator/{SERVICE}-clean-up")
    clone.git("checkout", "-q", "main")
    (clone.folder / "app/late.py").write_text("from app.jobs import job\n\n\ndef send():\n    job.delay(3)\n")
    clone.commit("Send it late")
    files = clone.files(clone.prepare(Stage.CLEAN_UP).result)
    assert files["app/late.py"].startswith("from app.migrator_clients.app_jobs_job import job\n")
    assert files["app/helpers.py"] == "# By hand."


def test_the_way_back_gives_legacy_every_byte_and_weight_0(clone: Clone) -> None:
    before = clone.files()
    clone.record(Phase.PROMOTED)
    clone.merge(clone.prepare(Stage.CLEAN_UP))
    (clone.folder / "app/more.py").write_text("MORE = 1\n")
    clone.commit("Go on")
    back = clone.prepare(Stage.BACK, "job")
    after = dict(clone.files(back.result))
    route = f"routes/{SERVICE}.yaml"
    assert after.pop("app/more.py") == "MORE = 1"
    assert after.pop(route) == before[route].replace("weight: 100", "weight: 0")
    assert after == {name: text for name, text in before.items() if name != route}
    draft = back.draft()
    assert draft.title == f"Give {NAME} back to legacy"
    steps = draft.body[draft.body.index("## To be done") :]
    assert steps.index("Deploy legacy") < steps.index("migrator router apply")
    assert "comes back: 2 commits undone" in draft.body


@pytest.mark.thorough
def test_what_came_back_can_be_removed_again(clone: Clone) -> None:
    clone.record(Phase.PROMOTED)
    clone.merge(clone.prepare(Stage.CLEAN_UP))
    back = clone.prepare(Stage.BACK)
    clone.merge(back)
    assert clone.prepare(Stage.BACK).commits == ()
    clone.git("push", "-q", "origin", f":migrator/{SERVICE}-clean-up")
    clone.git("fetch", "-q", "--prune")
    again = clone.prepare(Stage.CLEAN_UP)
    assert [each.subject.split()[0] for each in again.commits] == ["Take", "Remove"]


def test_before_a_clean_up_the_way_back_is_weight_0_alone(clone: Clone) -> None:
    back = clone.prepare(Stage.BACK, "job")
    assert [each.path for each in back.files] == [f"routes/{SERVICE}.yaml"]
    assert "Legacy has never lost it" in back.draft().body and "Deploy legacy" not in back.draft().body


@pytest.mark.thorough
def test_what_the_base_brought_to_our_branch_is_not_undone(clone: Clone) -> None:
    clone.record(Phase.PROMOTED)
    clone.push(clone.prepare(Stage.CLEAN_UP))
    (clone.folder / "app/late.py").write_text("from app.jobs import job\n\n\ndef send():\n    job.delay(3)\n")
    (clone.folder / "app/more.py").write_text("MORE = 1\n")
    clone.commit("Go on meanwhile")
    clone.merge(clone.prepare(Stage.CLEAN_UP))
    after = clone.files(clone.prepare(Stage.BACK).result)
    assert after["app/more.py"] == "MORE = 1" and after["app/late.py"].startswith("from app.jobs import job\n")
