"""A change is prepared and published, in memory: what begins where, what is refused, and that a second run changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from migrator.domain.pull_requests import CommitDraft, Outcome, PullRequestDraft, Stage, Standing
from migrator.errors import InputError, MigratorError, Refused, RemoteError
from migrator.publishing import Made, Prepared, Published, Start, Wanted, carry_out, prepare
from tests.support.file_forge import FileForge
from tests.support.memory_repository import MemoryRepository, memory_clone

OURS = (("Migrator-Candidate", "shop.tax"), ("Migrator-Stage", "move"))
WANTED = Wanted("origin", "migrator/tax", "shop.tax", Stage.MOVE)
SERVICE = {"services/tax/app.py": b"service\n", "services/tax/template.yaml": b"template\n"}


@dataclass
class Maker:
    """Makes a service, and a line in the application; remembers what it was called with."""

    files: Mapping[str, bytes | None] = field(default_factory=lambda: dict(SERVICE))
    body: str = "body"
    starts: list[Start] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __call__(self, folder: Path, start: Start) -> Made:
        self.starts.append(start)
        self.seen = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        text = (folder / "app.py").read_bytes()
        seam = text if text.startswith(b"seam\n") else b"seam\n" + text
        (folder / "written by the maker").write_text("counts for nothing")
        drafts = (CommitDraft("Add the service", "", self.files), CommitDraft("Add the seam", "", {"app.py": seam}))
        return Made(drafts, lambda others: PullRequestDraft("?", "?", "Title", "\n".join((self.body, *others))))


@pytest.fixture
def clone() -> MemoryRepository:
    return memory_clone()


@pytest.fixture
def forge(tmp_path: Path) -> FileForge:
    return FileForge(tmp_path / "requests.json")


def publish(
    clone: MemoryRepository, forge: FileForge, wanted: Wanted = WANTED, maker: Maker | None = None
) -> tuple[Prepared, Published]:
    prepared = prepare(clone, wanted, maker or Maker())
    return prepared, carry_out(prepared, clone, forge)


def branch(clone: MemoryRepository, name: str = "migrator/tax") -> dict[str, bytes]:
    origin = clone.remotes["origin"]
    return dict(origin.objects.commits[origin.branches[name]].files)


def outcome(published: Published) -> Outcome | None:
    return published.opened.outcome if published.opened else None


def test_a_new_branch_begins_at_the_base(clone: MemoryRepository, forge: FileForge) -> None:
    base = clone.remotes["origin"].branches["main"]
    maker = Maker()
    prepared = prepare(clone, WANTED, maker)
    assert maker.starts == [Start(base, base, None)]
    assert maker.seen == ["app.py"]
    assert [commit.subject for commit in prepared.commits] == ["Add the service", "Add the seam"]
    assert [file.path for file in prepared.commits[1].files] == ["app.py"]
    assert [(file.path, file.added, file.taken) for file in prepared.files] == [
        ("app.py", 1, 0),
        ("services/tax/app.py", 1, 0),
        ("services/tax/template.yaml", 1, 0),
    ]
    assert "+seam" in prepared.diff
    assert (prepared.pushes, prepared.merges_base, prepared.empty) == (True, False, False)
    assert "migrator/tax" not in clone.remotes["origin"].branches, "nothing is pushed before it was shown"
    published = carry_out(prepared, clone, forge)
    assert branch(clone) == {"app.py": b"seam\none\ntwo\nthree\n", **SERVICE}
    assert clone.trailers(base, prepared.result, "Migrator-Candidate") == tuple(
        (commit.id, "shop.tax") for commit in reversed(prepared.commits)
    )
    assert published.commit == prepared.result
    assert (published.branch, published.base, published.pushed) == ("migrator/tax", "main", True)
    assert outcome(published) is Outcome.CREATED
    assert (forge.requests[0]["branch"], forge.requests[0]["base"]) == ("migrator/tax", "main")


def test_a_maker_may_need_only_some_files(clone: MemoryRepository) -> None:
    clone.remotes["origin"].commit({"README.md": b"read\n"})
    maker = Maker()
    prepare(clone, replace(WANTED, endings=("app.py",)), maker)
    assert maker.seen == ["app.py"]


def test_a_second_run_pushes_nothing_and_keeps_the_one_pull_request(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    prepared, published = publish(clone, forge)
    assert prepared.commits == ()
    assert (outcome(published), published.pushed) == (Outcome.UNCHANGED, False)
    assert published.commit == clone.remotes["origin"].branches["migrator/tax"]
    assert (clone.pushes, len(forge.requests)) == (["migrator/tax"], 1)


def test_texts_are_brought_up_to_date_where_no_file_changed(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    _, published = publish(clone, forge, maker=Maker(body="compared since"))
    assert (outcome(published), published.pushed) == (Outcome.UPDATED, False)
    assert forge.requests[0]["body"] == "compared since"


def test_people_s_commits_on_the_branch_stay(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    theirs = origin.commit({"services/tax/notes.md": b"by hand\n"}, "migrator/tax")
    maker = Maker({**SERVICE, "services/tax/app.py": b"service 2\n"})
    prepared, published = publish(clone, forge, maker=maker)
    assert maker.starts[0].tip == maker.starts[0].commit == theirs
    assert "services/tax/notes.md" in maker.seen
    assert theirs in origin.objects.history(origin.branches["migrator/tax"])
    assert branch(clone)["services/tax/notes.md"] == b"by hand\n"
    assert [commit.subject for commit in prepared.commits] == ["Add the service"]
    assert "services/tax/notes.md" in [file.path for file in prepared.files], "the pull request has them too"
    assert outcome(published) is Outcome.UNCHANGED


def test_a_base_that_went_on_is_merged_where_something_is_new(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    tip, base = origin.branches["migrator/tax"], origin.commit({"elsewhere.py": b"x\n"})
    maker = Maker()
    alone, published = publish(clone, forge, maker=maker)
    assert "elsewhere.py" in maker.seen, "it is made on what the pull request will be merged into"
    assert maker.starts[0].commit not in (tip, base)
    assert (maker.starts[0].tip, maker.starts[0].base) == (tip, base)
    assert (alone.pushes, alone.merges_base, published.commit) == (False, False, tip)
    assert "elsewhere.py" not in [file.path for file in alone.files]
    prepared, published = publish(clone, forge, maker=Maker({**SERVICE, "services/tax/app.py": b"service 2\n"}))
    assert prepared.merges_base
    history = origin.objects.history(origin.branches["migrator/tax"])
    assert {tip, base} <= set(history)
    assert len(clone.trailers(base, prepared.result, "Migrator-Candidate")) == 4
    assert {name for _, name in clone.trailers(base, prepared.result, "Migrator-Candidate")} == {"shop.tax"}
    assert "elsewhere.py" not in [file.path for file in prepared.files]


def test_a_conflict_with_the_base_is_refused_and_nothing_is_lost(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    origin.commit({"app.py": b"changed\n"})
    before = dict(origin.branches)
    with pytest.raises(Refused, match=r"app\.py") as raised:
        prepare(clone, WANTED, Maker())
    assert "git switch migrator/tax; git merge origin/main" in raised.value.hint
    assert origin.branches == before


def test_a_conflict_that_somebody_knows_to_settle_is_pushed_although_nothing_else_is_new(
    clone: MemoryRepository, forge: FileForge
) -> None:
    publish(clone, forge)
    clone.remotes["origin"].commit({"app.py": b"theirs\none\n"})
    wanted = replace(WANTED, settle=lambda path, was, ours, theirs: b"seam\n" + theirs)
    prepared, published = publish(clone, forge, wanted)
    assert (prepared.start.settled, prepared.commits) == (("app.py",), ())
    assert (prepared.merges_base, published.pushed) == (True, True)
    assert branch(clone)["app.py"] == b"seam\ntheirs\none\n"
    _, again = publish(clone, forge, wanted)
    assert not again.pushed


def test_the_second_stage_begins_at_the_base_when_the_branch_is_gone(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    origin.branches["main"] = origin.branches.pop("migrator/tax")
    forge.set(Standing.MERGED)
    maker = Maker({"services/tax/app.py": b"cleaned up\n"})
    _, published = publish(clone, forge, replace(WANTED, stage=Stage.CLEAN_UP), maker)
    assert maker.starts[0].commit == origin.branches["main"]
    assert (outcome(published), len(forge.requests)) == (Outcome.CREATED, 2)


def test_a_merged_branch_that_was_not_removed_goes_on(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    origin.branches["main"] = origin.branches["migrator/tax"]
    base = origin.commit({"elsewhere.py": b"x\n"})
    forge.set(Standing.MERGED)
    maker = Maker({"services/tax/app.py": b"cleaned up\n"})
    prepared, published = publish(clone, forge, replace(WANTED, stage=Stage.CLEAN_UP), maker)
    assert maker.starts[0].commit == base, "the branch moves forward to the base"
    assert not prepared.merges_base
    assert outcome(published) is Outcome.CREATED


def test_a_branch_that_was_merged_as_one_commit_goes_on_too(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    origin = clone.remotes["origin"]
    origin.commit(branch(clone))
    forge.set(Standing.MERGED)
    cleaned = Maker({"services/tax/app.py": b"cleaned up\n"})
    prepared, published = publish(clone, forge, replace(WANTED, stage=Stage.CLEAN_UP), cleaned)
    assert [file.path for file in prepared.files] == ["services/tax/app.py"]
    assert outcome(published) is Outcome.CREATED


def test_a_stage_does_not_go_onto_the_open_pull_request_of_another(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    with pytest.raises(Refused, match=r"stage move of shop\.tax"):
        prepare(clone, replace(WANTED, stage=Stage.CLEAN_UP), Maker())


def test_what_changes_nothing_opens_nothing(clone: MemoryRepository, forge: FileForge) -> None:
    nothing = Maker({})
    clone.remotes["origin"].commit({"app.py": b"seam\n"})
    prepared, published = publish(clone, forge, maker=nothing)
    assert prepared.empty
    assert (published.opened, published.commit, published.pushed) == (None, None, False)
    assert forge.requests == []
    assert clone.pushes == []


@pytest.mark.parametrize("local", ["the same", "behind", "ours", "people's, behind"])
def test_a_branch_of_the_clone_that_has_nothing_of_its_own_is_no_hindrance(clone: MemoryRepository, local: str) -> None:
    base = clone.commit_of(clone.remotes["origin"].branches["main"])
    assert base is not None
    ours = clone.committed(base, [CommitDraft("Ours", "", {"a": b"a\n"})], OURS)
    clone.remotes["origin"].branches["migrator/tax"] = ours
    more = clone.committed(ours, [CommitDraft("Ours", "", {"a": b"b\n"})], OURS)
    if local == "people's, behind":
        more = clone.remotes["origin"].commit({"notes": b"x\n"}, "migrator/tax")
        ours = clone.remotes["origin"].commit({"notes": b"y\n"}, "migrator/tax")
    clone.references["refs/heads/migrator/tax"] = {"the same": ours, "behind": base}.get(local, more)
    maker = Maker()
    prepare(clone, WANTED, maker)
    assert maker.starts[0].tip == ours, "what is on the remote wins"


@pytest.mark.parametrize("on_remote", [True, False])
def test_a_branch_of_the_clone_with_a_person_s_commits_is_refused(clone: MemoryRepository, on_remote: bool) -> None:
    base = clone.remotes["origin"].branches["main"]
    ours = clone.committed(base, [CommitDraft("Ours", "", {"a": b"a\n"})], OURS)
    theirs = clone.committed(ours, [CommitDraft("Theirs", "", {"b": b"b\n"})], ())
    if on_remote:
        clone.remotes["origin"].branches["migrator/tax"] = ours
    clone.references["refs/heads/migrator/tax"] = theirs
    with pytest.raises(Refused, match=theirs[:12]) as raised:
        prepare(clone, WANTED, Maker())
    assert ours[:12] not in str(raised.value)


def test_the_base_merged_into_the_clone_s_branch_is_nobody_s_work(clone: MemoryRepository) -> None:
    origin = clone.remotes["origin"]
    ours = clone.committed(origin.branches["main"], [CommitDraft("Ours", "", {"a": b"a\n"})], OURS)
    origin.branches["migrator/tax"] = ours
    clone.references["refs/heads/migrator/tax"] = clone.merged(ours, origin.commit({"b": b"b\n"}), "Merge", OURS)
    assert prepare(clone, WANTED, Maker()).start.tip == ours


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (replace(WANTED, remote="upstream"), InputError, "no remote upstream"),
        (replace(WANTED, base="develop"), InputError, "origin has no branch develop"),
        (replace(WANTED, branch="main"), Refused, "others merge into"),
        (replace(WANTED, branch="main", base="release"), Refused, "others merge into"),
        (replace(WANTED, branch="theirs"), Refused, "no commit of ours"),
        (replace(WANTED, branch="-x"), InputError, "name of a branch"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_pushed(
    clone: MemoryRepository, change: Wanted, kind: type[MigratorError], message: str
) -> None:
    origin = clone.remotes["origin"]
    origin.commit({"x": b"x"}, "theirs")
    origin.commit({"y": b"y"}, "release")
    before = dict(origin.branches)
    with pytest.raises(kind, match=message):
        prepare(clone, change, Maker())
    assert (origin.branches, clone.pushes) == (before, [])


def test_who_commits_is_asked_before_anything_is_made(clone: MemoryRepository) -> None:
    clone.identity = ""
    maker = Maker()
    with pytest.raises(InputError, match="who commits"):
        prepare(clone, WANTED, maker)
    assert maker.starts == []


def test_a_remote_without_commits_is_said(clone: MemoryRepository) -> None:
    clone.remotes["origin"].branches.clear()
    with pytest.raises(InputError, match="no commit"):
        prepare(clone, WANTED, Maker())
    with pytest.raises(InputError, match="origin has no branch main"):
        prepare(clone, replace(WANTED, base="main"), Maker())


def test_work_that_is_not_committed_is_listed_up_to_ten(clone: MemoryRepository) -> None:
    clone.working_tree = (*(f"shop/{n:02}.py" for n in range(12)), "docs/a\x1b[31m.md")
    with pytest.raises(Refused, match="13 files are not as committed") as raised:
        prepare(clone, WANTED, Maker())
    assert "\x1b" not in str(raised.value)
    assert "shop/09.py" not in str(raised.value), "docs comes first, so nine of shop are shown"
    assert "and 3 more" in str(raised.value)
    with pytest.raises(Refused, match="1 file is"):
        prepare(clone, replace(WANTED, below=("docs", "services")), Maker())
    assert prepare(clone, replace(WANTED, below=("services",)), Maker()).pushes
    assert prepare(clone, replace(WANTED, committed_only=True), Maker()).pushes


def test_a_branch_that_moved_meanwhile_is_not_pushed_over(clone: MemoryRepository, forge: FileForge) -> None:
    publish(clone, forge)
    prepared = prepare(clone, WANTED, Maker({"services/tax/app.py": b"service 2\n"}))
    theirs = clone.remotes["origin"].commit({"notes": b"x"}, "migrator/tax")
    with pytest.raises(Refused, match="meanwhile"):
        carry_out(prepared, clone, forge)
    assert clone.remotes["origin"].branches["migrator/tax"] == theirs
    publish(clone, forge, maker=Maker({"services/tax/app.py": b"service 2\n"}))
    assert branch(clone)["notes"] == b"x"
    assert branch(clone)["services/tax/app.py"] == b"service 2\n"


def test_a_remote_that_does_not_answer_is_tried_again_by_the_next_run(
    clone: MemoryRepository, forge: FileForge
) -> None:
    prepared = prepare(clone, WANTED, Maker())
    clone.remotes["origin"].answers = False
    for act in (lambda: prepare(clone, WANTED, Maker()), lambda: carry_out(prepared, clone, forge)):
        with pytest.raises(RemoteError) as raised:
            act()
        assert raised.value.retryable
    assert forge.requests == []
    clone.remotes["origin"].answers = True
    assert outcome(publish(clone, forge)[1]) is Outcome.CREATED
