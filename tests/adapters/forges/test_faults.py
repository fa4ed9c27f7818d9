"""Everything that can go wrong at a forge, over HTTP on this machine: there is one pull request in the end, and no token anywhere."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.forges import Patience, open_forge
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import Outcome, PullRequestDraft, Standing
from migrator.errors import InputError, MigratorError, RemoteError
from tests.support.forges.github import FakeGitHub
from tests.support.forges.gitlab import FakeGitLab
from tests.support.forges.killed_publisher import DRAFT
from tests.support.forges.rigs import ENVIRONMENT, GitHubRig, GitLabRig, opened
from tests.support.forges.server import TOKEN, Reply

REPOSITORY = Path(__file__).parents[3]
ANY = ".*"
LIST = r".*/(pulls|merge_requests)"

Server = FakeGitHub | FakeGitLab


@pytest.fixture(params=["github", "gitlab"])
def rig(request: pytest.FixtureRequest) -> Iterator[GitHubRig | GitLabRig]:
    made = GitHubRig() if request.param == "github" else GitLabRig()
    made.push(DRAFT.branch)
    try:
        yield made
    finally:
        made.stop()


def patient(pauses: list[float], **limits: float) -> Patience:
    return replace(Patience(pause=pauses.append), **limits)  # type: ignore[arg-type]


def assert_one(rig: GitHubRig | GitLabRig) -> None:
    """That there is one pull request, with all that the draft says."""
    everything = rig.server.pulls if isinstance(rig, GitHubRig) else rig.server.merges
    assert len(everything) == 1
    (there,) = rig.open()
    assert there.title == DRAFT.title and DRAFT.body in there.body
    assert there.labels == set(DRAFT.labels)
    assert there.reviewers == set(DRAFT.reviewers)


def limited(rig: GitHubRig | GitLabRig, kind: str, seconds: int) -> Reply:
    """What a forge answers that has had too much, with a clock that is an hour ahead of ours."""
    theirs = time.time() + 3600
    date = {"date": format_datetime(datetime.fromtimestamp(theirs, UTC), usegmt=True)}
    reset = str(int(theirs) + seconds)
    if isinstance(rig, GitLabRig):
        told = {"retry-after": str(seconds)} if kind == "secondary" else {"ratelimit-reset": reset}
        return Reply(429, {"message": "Too many requests"}, {**date, "ratelimit-remaining": "0", **told})
    if kind == "primary":
        message = "API rate limit exceeded for user ID 1."
        return Reply(403, {"message": message}, {**date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    left = {"x-ratelimit-remaining": "4000", "x-ratelimit-reset": str(int(theirs) + 3000)}
    return Reply(403, {"message": message}, {**date, **left, **({"retry-after": str(seconds)} if seconds else {})})


@pytest.mark.parametrize("kind", ["primary", "secondary"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_limit_is_waited_for(
    rig: GitHubRig | GitLabRig, kind: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    rig.server.plan(method, LIST, limited(rig, kind, 7))
    pauses: list[float] = []
    assert opened(rig.server, patience=patient(pauses)).open_pull_request(DRAFT).outcome is Outcome.CREATED
    assert [round(pause) in (6, 7) for pause in pauses] == [True]
    assert ["trying again in" in each for each in caplog.messages if "takes no more" in each] == [True]
    assert_one(rig)


@pytest.mark.parametrize("kind", ["primary", "secondary"])
def test_a_limit_past_the_bound_is_told_with_its_end(rig: GitHubRig | GitLabRig, kind: str) -> None:
    rig.server.plan("POST", LIST, limited(rig, kind, 2000))
    pauses: list[float] = []
    with pytest.raises(RemoteError) as caught:
        opened(rig.server, patience=patient(pauses)).open_pull_request(DRAFT)
    assert caught.value.retryable and pauses == []
    told = datetime.strptime(caught.value.message.partition("until ")[2], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert 1990 < told.timestamp() - time.time() < 2010
    assert opened(rig.server).open_pull_request(DRAFT).outcome is Outcome.CREATED
    assert_one(rig)


def test_a_secondary_limit_that_says_nothing_is_a_minute() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        server.plan("POST", LIST, limited(GitHubRig(server), "secondary", 0))
        pauses: list[float] = []
        opened(server, patience=patient(pauses)).open_pull_request(DRAFT)
        assert pauses == [60.0]


def test_a_token_that_is_not_taken(rig: GitHubRig | GitLabRig) -> None:
    rig.server.plan("GET", ANY, rig.server.refused(""), times=9)
    with pytest.raises(InputError) as caught:
        opened(rig.server).open_pull_request(DRAFT)
    variable = "GITLAB_TOKEN" if isinstance(rig, GitLabRig) else "GH_ENTERPRISE_TOKEN"
    assert f"does not take the token from {variable}" in caught.value.message
    assert rig.writes() == 0


def test_a_token_that_has_expired_is_looked_for_again(rig: GitHubRig | GitLabRig) -> None:
    given = iter(["expired", TOKEN])
    forge = open_forge(
        ForgeSettings(kind=ForgeKind(rig.server.kind)), rig.server.remote, {}, fill=lambda url, variables: next(given)
    )
    with pytest.raises(InputError, match="does not take the token from git's credential helper"):
        forge.standing(DRAFT.branch, "main")
    assert forge.open_pull_request(DRAFT).outcome is Outcome.CREATED


def test_a_token_without_the_right(rig: GitHubRig | GitLabRig) -> None:
    words = {"message": "Resource not accessible by personal access token"}
    rig.server.plan("POST", LIST, Reply(403, words, {"x-accepted-github-permissions": "pull_requests=write"}))
    with pytest.raises(InputError) as caught:
        opened(rig.server).open_pull_request(DRAFT)
    assert "may not do this at" in caught.value.message and "Resource not accessible" in caught.value.message
    assert ("scope api" if isinstance(rig, GitLabRig) else "pull_requests=write") in caught.value.hint


def test_a_repository_that_the_token_does_not_see(rig: GitHubRig | GitLabRig) -> None:
    rig.server.plan("GET", ANY, Reply(404, {"message": "Not Found"}))
    with pytest.raises(InputError, match="acme/shop is not there for the token"):
        opened(rig.server).open_pull_request(DRAFT)


def test_single_sign_on_is_told() -> None:
    with FakeGitHub() as server:
        server.plan("GET", ANY, Reply(403, {"message": "Resource protected"}, {"x-github-sso": "required; url=x"}))
        with pytest.raises(InputError) as caught:
            opened(server).open_pull_request(DRAFT)
        assert "single sign-on" in caught.value.hint


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("how", ["502", "cut"])
def test_a_lost_answer_to_create_makes_no_second_one(rig: GitHubRig | GitLabRig, after: bool, how: str) -> None:
    rig.server.plan("POST", LIST, Reply(502, None) if how == "502" else None, after=after)
    told = opened(rig.server).open_pull_request(DRAFT)
    assert told.outcome is Outcome.CREATED
    assert_one(rig)
    creates = [write for write in rig.server.writes() if write.endswith(("/pulls", "/merge_requests"))]
    assert len(creates) == (1 if after else 2)


def test_an_answer_that_is_too_late_counts_as_lost(rig: GitHubRig | GitLabRig) -> None:
    rig.server.plan("POST", LIST, delay_s=3.0, truly=True)
    told = opened(rig.server, patience=patient([], answer_s=1.0)).open_pull_request(DRAFT)
    assert told.outcome is Outcome.CREATED
    assert_one(rig)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_given_up_at_any_call_and_run_again(rig: GitHubRig | GitLabRig, after: bool) -> None:
    whole = 0
    for call in range(1, 20):
        rig.server.prepare()
        rig.server.asked.clear()
        rig.server.faults.clear()
        rig.server.plan("GET", ANY, truly=True, times=0)
        seen = _Nth(rig.server, call, after)
        try:
            opened(rig.server, patience=patient([], tries=1)).open_pull_request(DRAFT)
        except RemoteError as error:
            assert error.retryable
            opened(rig.server, patience=patient([], tries=1)).open_pull_request(DRAFT)
        else:
            whole = call
        assert_one(rig)
        seen.lift()
        if whole:
            break
    assert whole > 5


class _Nth:
    """Lets the n-th request of a server fail, whatever it is."""

    def __init__(self, server: Server, number: int, after: bool) -> None:
        self._server, self._left, self._after = server, number, after
        self._real = server.handle
        server.handle = self._handle  # type: ignore[method-assign]

    def _handle(self, request: object) -> Reply:
        self._left -= 1
        if self._left:
            return self._real(request)  # type: ignore[arg-type]
        if self._after:
            self._real(request)  # type: ignore[arg-type]
        return Reply(503, {"message": "Service Unavailable"})

    def lift(self) -> None:
        self._server.handle = self._real  # type: ignore[method-assign]


def test_a_forge_that_is_down_is_given_up_and_nothing_doubles(rig: GitHubRig | GitLabRig) -> None:
    fault = rig.server.plan("POST", LIST, Reply(500, None), times=99)
    pauses: list[float] = []
    with pytest.raises(RemoteError) as caught:
        opened(rig.server, patience=patient(pauses)).open_pull_request(DRAFT)
    assert caught.value.retryable and len(pauses) == 4
    fault.times = 0
    opened(rig.server).open_pull_request(DRAFT)
    assert_one(rig)


def test_the_branch_is_taken_between_looking_and_creating(rig: GitHubRig | GitLabRig) -> None:
    rig.server.add(DRAFT.branch)
    rig.server.plan("GET", LIST, Reply(200, []))
    told = opened(rig.server).open_pull_request(DRAFT)
    assert told.outcome is Outcome.UPDATED
    (there,) = rig.open()
    assert there.number == told.number and DRAFT.body in there.body
    assert there.title == "theirs"


def test_a_list_that_lags_behind_is_looked_at_again(rig: GitHubRig | GitLabRig) -> None:
    rig.server.add(DRAFT.branch)
    rig.server.plan("GET", LIST, Reply(200, []), times=3)
    pauses: list[float] = []
    assert opened(rig.server, patience=patient(pauses)).open_pull_request(DRAFT).number == 1
    assert pauses and len(rig.open()) == 1


def test_a_list_that_never_shows_it_is_given_up_with_the_forge_s_words(rig: GitHubRig | GitLabRig) -> None:
    rig.server.add(DRAFT.branch)
    rig.server.plan("GET", LIST, Reply(200, []), times=99)
    with pytest.raises(RemoteError, match="already exists") as caught:
        opened(rig.server).open_pull_request(DRAFT)
    assert caught.value.retryable and "run it again" in caught.value.hint
    assert len(rig.open()) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_takes_the_token_elsewhere(rig: GitHubRig | GitLabRig, status: int, method: str) -> None:
    where = {"location": f"{rig.server.elsewhere}/api/v3/repos/acme/shop/pulls"}
    rig.server.plan(method, LIST if method == "POST" else ANY, Reply(status, {}, where), times=9)
    with pytest.raises(RemoteError) as caught:
        opened(rig.server).open_pull_request(DRAFT)
    assert TOKEN not in str(caught.value)
    assert rig.open() == []  # and `stop` looks for strays


def test_addresses_of_another_host_in_an_answer_are_not_asked(rig: GitHubRig | GitLabRig) -> None:
    opened(rig.server).open_pull_request(DRAFT)
    there = rig.server.handle

    def lying(request: object) -> Reply:
        reply = there(request)  # type: ignore[arg-type]
        return Reply(reply.status, _moved(reply.body, rig.server), {**reply.headers, "link": _link(rig.server)})

    rig.server.handle = lying  # type: ignore[method-assign]
    # GitHub's library goes by the addresses that it is given; GitLab's makes its own.
    expected = pytest.raises(RemoteError) if isinstance(rig, GitHubRig) else contextlib.nullcontext()
    with expected:
        opened(rig.server).open_pull_request(replace(DRAFT, body="other", reviewers=("bob",)))
    # `stop` looks for strays


def test_addresses_of_another_scheme_in_an_answer_are_not_asked() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        opened(server).open_pull_request(DRAFT)
        there = server._pull
        server._pull = lambda pull: _secured(there(pull))  # type: ignore[method-assign]
        with pytest.raises(RemoteError, match="another host or scheme"):
            opened(server).open_pull_request(replace(DRAFT, body="other"))


def _secured(pull: dict[str, Any]) -> dict[str, Any]:
    return {name: value.replace("http:", "https:") if name == "url" else value for name, value in pull.items()}


def test_what_is_written_is_not_sent_to_another_place(rig: GitHubRig | GitLabRig) -> None:
    where = {"location": f"{rig.server.url}/elsewhere"}
    rig.server.plan("POST", LIST, Reply(307, {}, where))
    with pytest.raises(RemoteError):
        opened(rig.server).open_pull_request(DRAFT)
    assert len(rig.server.writes()) == 1


def test_ours_is_found_among_many(rig: GitHubRig | GitLabRig) -> None:
    opened(rig.server).open_pull_request(DRAFT)
    for number in range(150):
        rig.server.add(f"other/{number}")
    assert opened(rig.server).open_pull_request(DRAFT).outcome is Outcome.UNCHANGED


def _link(server: Server) -> str:
    return f'<{server.elsewhere}/next>; rel="next"'


def _moved(value: object, server: Server) -> object:
    """The same with each address of the server turned to another one."""
    if isinstance(value, dict):
        return {name: _moved(inner, server) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, server) for inner in value]
    if isinstance(value, str) and value.startswith("http://"):
        return f"{server.elsewhere}/{value.split('/', 3)[-1]}"
    return value


def test_a_repository_that_was_renamed_is_found(rig: GitHubRig | GitLabRig) -> None:
    rig.server.renamed = True
    assert opened(rig.server).open_pull_request(DRAFT).outcome is Outcome.CREATED
    assert_one(rig)


def test_a_password_of_netrc_is_not_sent(
    rig: GitHubRig | GitLabRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password not-for-this\n")
    monkeypatch.setenv("NETRC", str(netrc))
    rig.server.renamed = True
    assert opened(rig.server).open_pull_request(DRAFT).outcome is Outcome.CREATED


def test_a_repository_is_renamed_while_the_process_runs(
    rig: GitHubRig | GitLabRig, capfd: pytest.CaptureFixture[str]
) -> None:
    forge = opened(rig.server)
    url = forge.open_pull_request(DRAFT).url
    rig.end(1, Standing.MERGED)
    rig.server.renamed = True
    standing = forge.standing(DRAFT.branch, "main")
    assert standing == (Standing.MERGED, url.replace("/shop/", "/store/"))
    assert forge.open_pull_request(DRAFT).outcome is Outcome.CREATED
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("body", [None, [], {}, "a page", {"id": "x", "full_name": 3}, [[]], 7])
def test_answers_that_are_none_of_the_forge(rig: GitHubRig | GitLabRig, body: object) -> None:
    for path in (ANY, LIST):
        rig.server.faults.clear()
        rig.server.plan("GET", path, Reply(200, body), times=9)
        if path == LIST and body == []:
            continue
        with pytest.raises(RemoteError):
            opened(rig.server).open_pull_request(DRAFT)
    assert rig.writes() == 0


def test_labels_that_may_not_be_set_are_a_note(rig: GitHubRig | GitLabRig) -> None:
    method, path = ("PUT", r".*/merge_requests/1") if isinstance(rig, GitLabRig) else ("POST", r".*/labels")
    rig.server.plan(method, path, Reply(403, {"message": "Forbidden"}))
    told = opened(rig.server).open_pull_request(DRAFT)
    assert told.outcome is Outcome.CREATED
    assert "no labels were set (strangler)" in told.notes[0]
    assert rig.open()[0].reviewers == {"ann"}


def test_a_repository_without_drafts_gets_none() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        server.drafts = False
        told = opened(server).open_pull_request(replace(DRAFT, draft=True))
        assert told.outcome is Outcome.CREATED and "no draft" in told.notes[0]
        assert not server.open_requests[0].draft


def test_who_has_reviewed_is_not_asked_again() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        forge = opened(server)
        forge.open_pull_request(DRAFT)
        pull = server.open_requests[0]
        pull.reviewers, pull.reviews = [], ["Ann"]
        assert forge.open_pull_request(DRAFT).outcome is Outcome.UNCHANGED
        assert pull.reviewers == []


def test_a_fork_that_is_gone_is_none_of_ours() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        server.add(DRAFT.branch, fork="ghost")
        assert opened(server).open_pull_request(DRAFT).outcome is Outcome.CREATED


def test_teams_are_asked_as_teams_of_the_owner() -> None:
    with FakeGitHub() as server:
        server.branches.add(DRAFT.branch)
        told = opened(server).open_pull_request(replace(DRAFT, reviewers=("Acme/orders", "other/orders", "ann")))
        assert server.open_requests[0].teams == ["orders"]
        assert [note.split()[0] for note in told.notes] == ["other/orders"]
        before = len(server.writes())
        opened(server).open_pull_request(replace(DRAFT, reviewers=("Acme/orders", "ann")))
        assert len(server.writes()) == before


def test_who_is_left_out_without_a_word_is_told() -> None:
    with FakeGitLab() as server:
        server.branches.add(DRAFT.branch)
        server.many = False
        told = opened(server).open_pull_request(replace(DRAFT, reviewers=("ann", "bob", "outsider", "acme/orders")))
        assert sorted(note.split()[0] for note in told.notes) == ["acme/orders", "bob", "outsider"]


@pytest.mark.parametrize(
    "line",
    [
        "/merge",
        "/close ",
        "/label ~x",
        "/approve\t",
        "```\n/merge\n```",
        "~~~\n/merge\n~~~",
        "a\n\r/merge",
        "/merge\r\nb",
    ],
)
def test_nothing_in_a_text_is_done(line: str) -> None:
    with FakeGitLab() as server:
        server.branches.add(DRAFT.branch)
        for body in (f"one\n\n{line}\n\ntwo", line):
            opened(server).open_pull_request(replace(DRAFT, body=body))
            assert opened(server).open_pull_request(replace(DRAFT, body=body)).outcome is Outcome.UNCHANGED
        assert server.acted == []


def test_paths_stay_as_they_are() -> None:
    with FakeGitLab() as server:
        server.branches.add(DRAFT.branch)
        opened(server).open_pull_request(replace(DRAFT, body="/api/tax\n1/merge\n /label"))
        assert "\n/api/tax\n1/merge\n /label\n" in str(server.merges[0].description)


def test_a_server_that_says_when_to_come_again_is_obeyed(rig: GitHubRig | GitLabRig) -> None:
    rig.server.plan("POST", LIST, Reply(503, None, {"retry-after": "11"}))
    pauses: list[float] = []
    opened(rig.server, patience=patient(pauses)).open_pull_request(DRAFT)
    assert pauses == [11.0]


def test_words_of_a_forge_come_out_inert(rig: GitHubRig | GitLabRig) -> None:
    hostile = "no\x1b[31m red\n\r::error::x \u202e" + "y" * 900
    rig.server.plan("POST", LIST, Reply(422, {"message": hostile}))
    with pytest.raises(InputError) as caught:
        opened(rig.server).open_pull_request(DRAFT)
    assert caught.value.message.isprintable() and len(caught.value.message) < 400


@pytest.mark.parametrize("write", range(3))
def test_killed_in_the_middle_and_run_again(rig: GitHubRig | GitLabRig, write: int) -> None:
    writes = {
        "github": [("POST", r".*/pulls"), ("POST", r".*/labels"), ("POST", r".*/requested_reviewers")],
        "gitlab": [("POST", r".*/merge_requests"), ("PUT", r".*/merge_requests/1"), ("GET", "/users")],
    }
    method, path = writes[rig.server.kind][write]
    rig.server.plan(method, path, hold=True, truly=True)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forges.killed_publisher", rig.server.kind, rig.server.remote],
        cwd=REPOSITORY,
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert rig.server.held.wait(30)
        child.send_signal(signal.SIGKILL)
        output, _ = child.communicate(timeout=10)
        assert child.returncode == -signal.SIGKILL and output == b""
    finally:
        child.kill()
        child.wait()
        rig.server.release()
    assert len(rig.open()) == 1
    opened(rig.server).open_pull_request(DRAFT)
    assert_one(rig)


def test_a_planted_token_appears_nowhere(
    rig: GitHubRig | GitLabRig, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module("github")  # which sets the level of its logger

    for name in ("", "github", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=name)
    echo = Reply(422, {"message": f"bad header: Bearer {TOKEN}", "errors": [TOKEN]}, {"x-echo": TOKEN})
    shown: list[str] = []
    for status in (200, 301, 400, 401, 403, 404, 409, 422, 429, 500):
        rig.server.faults.clear()
        rig.server.plan("POST", LIST, replace(echo, status=status), times=9)
        forge = opened(rig.server, patience=patient([], tries=2))
        try:
            shown += [repr(forge), repr(vars(forge)), repr(forge.open_pull_request(DRAFT))]
        except MigratorError as error:
            chained = "".join(traceback.format_exception(error))
            shown += [str(error), repr(error), error.hint, error.location, chained, repr(vars(error))]
        forge.close()
    rig.server.faults.clear()
    shown.append(repr(opened(rig.server).open_pull_request(DRAFT)))
    out, err = capfd.readouterr()
    assert any(record.name.startswith(("github", "urllib3")) for record in caplog.records)
    assert TOKEN not in "\n".join((*shown, caplog.text, out, err))
    assert TOKEN not in "\n".join(f"{there.title} {there.body}" for there in rig.open())


def test_a_library_does_not_write_to_the_terminal_itself() -> None:
    importlib.import_module("github")

    own = logging.StreamHandler()
    logger = logging.getLogger("github")
    logger.addHandler(own)
    try:
        with FakeGitHub() as server:
            opened(server).standing(DRAFT.branch, "main")
            assert not [handler for handler in logger.handlers if type(handler) is logging.StreamHandler]
    finally:
        logger.removeHandler(own)


def test_a_closed_forge_leaves_the_loggers_as_they_were(rig: GitHubRig | GitLabRig) -> None:
    logger = logging.getLogger("urllib3.connectionpool")
    before = list(logger.filters)
    forge = opened(rig.server)
    forge.open_pull_request(PullRequestDraft(DRAFT.branch, "main", "t", "b"))
    assert logger.filters != before
    forge.close()
    assert logger.filters == before
