"""Pull requests for weights, made in a repository: one line changes, one request a route, whatever happened before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.forges import open_forge
from migrator.adapters.weight_requests import AtOnce, Desk, branch_of
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.observations import NoData
from migrator.domain.pull_requests import CANDIDATE_TRAILER, Standing
from migrator.errors import Refused
from migrator.publishing.ports import Forge
from migrator.rollout.by_route import Bonds
from migrator.rollout.ports import WantedWeight
from tests.support.forges.memory import MemoryDesk, memory_forge
from tests.support.git_world import GitWorld, git, git_world, kept
from tests.support.memory_repository import MemoryRepository, memory_clone

ROUTER = """\
# how calls go
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
include: [routes/*.yaml]
routes:
  - name: tax
    match: {http: {methods: [POST], path: /api/tax}}
    legacy: {url: "http://127.0.0.1:8000"}
    canary: {lambda: tax, url: "http://127.0.0.1:9000/tax"}
    weight: 0   # nobody yet
"""
MAIL = """\
version: 1
routes:
  - name: mail
    match: {http: {methods: [POST], path: /api/mail}}
    legacy: {url: "http://127.0.0.1:8000"}
    canary: {lambda: mail, url: "http://127.0.0.1:9000/mail"}
    weight: 5
"""
FILES = {"deploy/router.yaml": ROUTER, "deploy/routes/mail.yaml": MAIL, "app.py": "one\n"}
TAX = branch_of("tax")


def weight(percent: float, *, route: str = "tax", before: str = "", raises: bool = True, key: str = "") -> WantedWeight:
    title = f"{'Shift' if raises else 'Keep'} {route} at {percent:g} %"
    return WantedWeight(route, percent, raises, before, title, f"body of {percent:g}\n", key or title)


@dataclass
class Office:
    """A repository in memory, and a forge in memory."""

    repository: MemoryRepository = field(
        default_factory=lambda: memory_clone({name: text.encode() for name, text in FILES.items()})
    )
    pulls: MemoryDesk = field(default_factory=MemoryDesk)
    bonds: Bonds = field(default_factory=Bonds)

    @property
    def forge(self) -> Forge:
        return memory_forge(self.pulls)

    @property
    def desk(self) -> Desk:
        settings = ForgeSettings(codeowners=False)
        return Desk(self.repository, self.forge, settings, "deploy/router.yaml", bonds=self.bonds)

    def text(self, branch: str, path: str = "deploy/router.yaml") -> str:
        remote = self.repository.remotes["origin"]
        return remote.objects.commits[remote.branches[branch]].files[path].decode()

    def commit(self, text: str, branch: str = "main", path: str = "deploy/router.yaml") -> None:
        self.repository.remotes["origin"].commit({path: text.encode()}, branch)

    def merge(self) -> None:
        """As a person does who squashes."""
        self.commit(self.text(TAX))
        self._stands(Standing.MERGED)

    def close(self) -> None:
        self._stands(Standing.CLOSED)

    @property
    def open(self) -> list[str]:
        return [one.title for one in self.pulls.kept if one.standing is Standing.OPEN]

    def _stands(self, standing: Standing) -> None:
        self.pulls._put(len(self.pulls.kept), standing=standing)


def test_one_line_of_one_file_changes_on_a_branch_of_the_route() -> None:
    office = Office()
    office.desk.publish(weight(5))
    assert office.text(TAX) == ROUTER.replace("weight: 0   # nobody", "weight: 5   # nobody")
    assert office.text("main") == ROUTER
    assert [(one.title, one.base) for one in office.pulls.kept] == [("Shift tax at 5 %", "main")]
    assert "\nbody of 5\n" in office.pulls.kept[0].body
    review = office.desk.review("tax")
    assert (review.committed, review.asks, review.standing) == (0, 5, Standing.OPEN)
    assert (review.url, review.branch, review.by_hand) == ("memory://pull/1", "migrator/weight/tax", False)


def test_a_route_of_an_included_file_is_changed_there() -> None:
    office = Office()
    office.desk.publish(weight(25, route="mail"))
    assert office.text(branch_of("mail"), "deploy/routes/mail.yaml") == MAIL.replace("weight: 5", "weight: 25")
    assert office.text(branch_of("mail")) == ROUTER
    assert office.desk.review("mail").asks == 25 and office.desk.review("tax").asks is None


def test_made_again_it_is_the_same_request() -> None:
    office = Office()
    for _ in range(2):
        office.desk.publish(weight(5))
    assert (len(office.pulls.kept), office.repository.pushes) == (1, [TAX])


def test_another_weight_changes_the_open_request() -> None:
    office = Office()
    office.desk.publish(weight(5))
    office.desk.publish(weight(25))
    assert office.open == ["Shift tax at 25 %"] and "weight: 25" in office.text(TAX)


def test_after_a_merge_the_next_step_is_a_request_of_its_own() -> None:
    office = Office()
    office.desk.publish(weight(5))
    office.merge()
    review = office.desk.review("tax")
    assert (review.committed, review.standing) == (5, Standing.MERGED)
    office.desk.publish(weight(25, before=review.url))
    assert office.open == ["Shift tax at 25 %"]
    assert office.desk.review("tax").url == "memory://pull/2"


def test_after_a_no_it_can_be_asked_again() -> None:
    office = Office()
    office.desk.publish(weight(5))
    office.close()
    review = office.desk.review("tax")
    assert (review.committed, review.standing, review.asks) == (0, Standing.CLOSED, 5)
    office.desk.publish(weight(5, before=review.url))
    assert [one.standing for one in office.pulls.kept] == [Standing.CLOSED, Standing.OPEN]


def test_a_rollback_takes_what_is_open_back_and_says_so() -> None:
    office = Office()
    office.desk.publish(weight(5))
    office.desk.publish(weight(0, raises=False))
    assert office.text(TAX) == ROUTER
    assert office.open == ["Keep tax at 0 %"], "nothing is left to merge, and the title asks for nothing"
    review = office.desk.review("tax")
    assert (review.committed, review.asks, review.standing) == (0, 0, Standing.OPEN)


def test_the_base_that_went_on_with_the_same_weight_is_no_conflict_for_us() -> None:
    office = Office()
    office.desk.publish(weight(25))
    office.commit(ROUTER.replace("weight: 0 ", "weight: 10 "))
    office.desk.publish(weight(5))
    assert office.text(TAX) == ROUTER.replace("weight: 0 ", "weight: 5 ")
    remote = office.repository.remotes["origin"]
    assert remote.branches["main"] in remote.objects.history(remote.branches[TAX]), "nothing is left out of the base"


def test_what_a_person_changed_on_the_branch_is_seen() -> None:
    office = Office()
    office.desk.publish(weight(25))
    office.commit(ROUTER.replace("weight: 0 ", "weight: 10 "), TAX)
    review = office.desk.review("tax")
    assert (review.asks, review.by_hand) == (10, True)


def test_the_base_brought_into_the_branch_by_a_button_is_nobodys_change() -> None:
    office = Office()
    office.desk.publish(weight(25))
    office.commit(office.text("main", "app.py") + "two\n", path="app.py")
    office.commit(office.text("main", "app.py"), TAX, path="app.py")
    assert not office.desk.review("tax").by_hand


def test_somebody_elses_branch_is_left_alone() -> None:
    office = Office()
    office.commit("theirs\n", TAX, "app.py")
    before = dict(office.repository.remotes["origin"].branches)
    with pytest.raises(Refused, match="no commit of ours"):
        office.desk.publish(weight(5))
    assert office.repository.remotes["origin"].branches == before and not office.pulls.kept


def test_a_sticky_group_goes_together_and_what_must_not_be_above_goes_down() -> None:
    office = Office(bonds=Bonds({"tax": ("mail",), "mail": ("tax",)}))
    office.desk.publish(weight(25))
    assert "weight: 25" in office.text(TAX, "deploy/routes/mail.yaml") and "weight: 25" in office.text(TAX)
    office = Office(bonds=Bonds({}, {"mail": ("tax",)}))
    office.desk.publish(weight(0, raises=False))
    assert "weight: 0" in office.text(TAX, "deploy/routes/mail.yaml")


def test_a_configuration_with_mistakes_is_said_with_its_own_path() -> None:
    office = Office()
    office.commit(ROUTER.replace("version: 1", "version: 7"))
    said = AtOnce(office.desk).review("tax")
    assert isinstance(said, NoData) and "deploy/router.yaml" in said.reason
    assert "/tmp" not in said.reason


def test_a_remote_that_does_not_answer_is_no_data_and_a_trouble() -> None:
    office = Office()
    office.repository.remotes["origin"].answers = False
    desk = AtOnce(office.desk)
    assert desk.review("tax") == NoData("origin cannot be reached")
    assert desk.want(weight(5)) == "origin cannot be reached"


@dataclass
class Counting(MemoryRepository):
    """Counts what takes long."""

    checkouts: int = 0

    def checkout(self, commit: str, endings: Sequence[str] = ()) -> Any:
        self.checkouts += 1
        return super().checkout(commit, endings)


def test_a_busy_base_costs_no_checkout_unless_it_concerns_us() -> None:
    office = Office()
    office.repository = counting = Counting(office.repository.remotes)
    desk = office.desk
    desk.review("tax")
    for text in ("two\n", "three\n"):
        office.commit(text, path="app.py")
        assert desk.review("tax").committed == 0
    assert counting.checkouts == 1
    office.commit(ROUTER.replace("weight: 0 ", "weight: 1 "))
    assert desk.review("tax").committed == 1


@pytest.mark.parametrize(
    ("route", "branch"),
    [("tax", "migrator/weight/tax"), ("a..b", "migrator/weight/a%2E.b"), ("x.lock", "migrator/weight/x%2Elock")],
)
def test_every_name_of_a_route_makes_the_name_of_a_branch(tmp_path: Path, route: str, branch: str) -> None:
    assert branch_of(route) == branch
    git(tmp_path, "check-ref-format", f"refs/heads/{branch}")


def _killing(at: int, kill: Callable[[], None], target: Any) -> Any:
    """The port with a death before a call of it."""

    @dataclass
    class Mortal:
        calls: int = 0

        def __getattr__(self, name: str) -> Any:
            method = getattr(target, name)
            if not callable(method):
                return method

            def call(*args: Any, **named: Any) -> Any:
                self.calls += 1
                if self.calls == at:
                    kill()
                return method(*args, **named)

            return call

    return Mortal()


class _Died(BaseException):
    pass


def _die() -> None:
    raise _Died


@pytest.mark.parametrize("what", ["repository", "forge"])
def test_killed_before_any_call_and_run_again_there_is_one_request(what: str) -> None:
    for at in range(1, 60):
        office = Office()
        office.desk.publish(weight(5))
        office.merge()
        repository: Any = office.repository
        forge: Any = office.forge
        if what == "repository":
            repository = _killing(at, _die, office.repository)
        else:
            forge = _killing(at, _die, forge)
        dying = Desk(repository, forge, ForgeSettings(codeowners=False), "deploy/router.yaml")
        try:
            AtOnce(dying).want(weight(25, before="memory://pull/1"))
        except _Died:
            assert AtOnce(office.desk).want(weight(25, before="memory://pull/1")) == ""
        else:
            assert at > 2
            return
        assert office.open == ["Shift tax at 25 %"], f"{what} {at}"
        assert office.text(TAX) == ROUTER.replace("weight: 0 ", "weight: 25 ")
    raise AssertionError("it never got to the end")


@dataclass
class Plain:
    """A real remote, and no forge."""

    world: GitWorld

    @property
    def desk(self) -> Desk:
        repository = self.world.repository()
        settings = ForgeSettings(kind=ForgeKind.GIT)
        forge = open_forge(settings, repository.remote_url("origin"), {})
        return Desk(repository, forge, settings, "deploy/router.yaml")


def test_with_git_alone_a_branch_is_the_request(tmp_path: Path) -> None:
    world = git_world(tmp_path, FILES)
    before = kept(world.clone)
    plain = Plain(world)
    assert plain.desk.review("tax").standing is None
    assert AtOnce(plain.desk).want(weight(5)) == ""
    review = plain.desk.review("tax")
    assert (review.standing, review.asks, review.committed) == (Standing.OPEN, 5, 0)
    assert "+    weight: 5   # nobody yet" in git(world.remote, "diff", "main", TAX)
    assert git(world.remote, "diff", "--shortstat", "main", TAX) == " 1 file changed, 1 insertion(+), 1 deletion(-)"
    assert git(world.remote, "log", "-1", f"--format=%(trailers:key={CANDIDATE_TRAILER},valueonly)", TAX) == "tax"
    git(world.other, "fetch", "-q")
    git(world.other, "merge", "-q", "--no-ff", "-m", "yes", f"origin/{TAX}")
    git(world.other, "push", "-q", "origin", "main")
    review = plain.desk.review("tax")
    assert (review.standing, review.committed) == (None, 5)
    assert AtOnce(plain.desk).want(weight(25)) == ""
    assert plain.desk.review("tax").asks == 25
    assert AtOnce(plain.desk).want(weight(0, raises=False)) == ""
    assert "weight: 0 " in world.files(TAX)["deploy/router.yaml"]
    assert kept(world.clone) == before, "nothing of the person's clone was touched"


def test_without_a_forge_it_is_said_where_the_request_is_opened() -> None:
    office = Office()
    settings = ForgeSettings(kind=ForgeKind.GIT)
    forge = open_forge(settings, "https://github.com/acme/shop.git", {})
    desk = Desk(office.repository, forge, settings, "deploy/router.yaml")
    assert desk.review("tax").url == ""
    desk.publish(weight(5))
    assert desk.review("tax").url == f"https://github.com/acme/shop/compare/main...{TAX}?expand=1"
    office.commit(office.text(TAX))
    assert (desk.review("tax").url, desk.review("tax").standing) == ("", None)


def test_with_git_a_conflict_with_the_base_is_settled(tmp_path: Path) -> None:
    world = git_world(tmp_path, FILES)
    plain = Plain(world)
    plain.desk.publish(weight(25))
    world.commit({"deploy/router.yaml": ROUTER.replace("weight: 0 ", "weight: 10 ")})
    assert AtOnce(plain.desk).want(weight(5)) == ""
    assert "weight: 5 " in world.files(TAX)["deploy/router.yaml"]
    assert world.has(TAX, world.tip("main"))
