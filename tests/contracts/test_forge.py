"""What every `Forge` that keeps pull requests does: the one in memory, GitHub's and GitLab's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from migrator.domain.pull_requests import Outcome, PullRequestDraft, Standing
from migrator.errors import InputError
from tests.support.forges.rigs import RIGS, Rig

BRANCH = "migrator/shop.tax"
DRAFT = PullRequestDraft(BRANCH, "main", "Move tax", "It moves.", labels=("strangler",), reviewers=("ann",))


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    made = RIGS[request.param]()
    made.push(BRANCH)
    try:
        yield made
    finally:
        made.stop()


def test_a_pull_request_is_opened_with_all_that_the_draft_says(rig: Rig) -> None:
    opened = rig.forge().open_pull_request(DRAFT)
    (there,) = rig.open()
    assert (opened.outcome, opened.number, opened.notes) == (Outcome.CREATED, there.number, ())
    assert opened.url
    assert (there.title, there.base, there.draft) == ("Move tax", "main", False)
    assert "It moves." in there.body
    assert there.labels == {"strangler"}
    assert there.reviewers == {"ann"}


def test_a_second_run_changes_nothing(rig: Rig) -> None:
    first = rig.forge().open_pull_request(DRAFT)
    before = rig.writes()
    second = rig.forge().open_pull_request(DRAFT)
    assert (second.outcome, second.number) == (Outcome.UNCHANGED, first.number)
    assert rig.writes() == before
    assert len(rig.open()) == 1


def test_another_draft_for_the_branch_changes_the_same_one(rig: Rig) -> None:
    first = rig.forge().open_pull_request(DRAFT)
    later = replace(DRAFT, title="Move tax and duty", body="Both move.", labels=("b",), reviewers=("bob",))
    second = rig.forge().open_pull_request(later)
    (there,) = rig.open()
    assert (second.outcome, second.number, second.notes) == (Outcome.UPDATED, first.number, ())
    assert there.title == "Move tax and duty"
    assert "Both move." in there.body and "It moves." not in there.body
    assert there.labels == {"strangler", "b"}
    assert there.reviewers == {"ann", "bob"}


def test_what_people_did_stays(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    body = rig.open()[0].body
    rig.edit(
        number,
        title="Our own words",
        body=f"Mind the holidays.\n\n{body}\n\nAgreed with Ann.",
        labels=("mine",),
        reviewers=("bob",),
    )
    opened = forge.open_pull_request(replace(DRAFT, title="Move tax again", body="It moves on."))
    (there,) = rig.open()
    assert there.title == "Our own words"
    assert any("title stays" in note for note in opened.notes)
    assert there.body.startswith("Mind the holidays.\n\n") and there.body.endswith("\n\nAgreed with Ann.")
    assert "It moves on." in there.body and "It moves.\n" not in there.body
    assert there.labels == {"mine", "strangler"}
    assert there.reviewers == {"ann", "bob"}
    assert forge.open_pull_request(replace(DRAFT, title="Move tax again", body="It moves on.")).outcome is (
        Outcome.UNCHANGED
    )


def test_a_title_that_is_given_back_is_ours_again(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    rig.edit(number, title="Our own words")
    forge.open_pull_request(DRAFT)
    rig.edit(number, title="Move tax")
    assert forge.open_pull_request(replace(DRAFT, title="Move duty")).notes == ()
    assert rig.open()[0].title == "Move duty"


def test_a_body_without_our_marks_keeps_what_it_has(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    rig.edit(number, body="I wrote it anew.")
    forge.open_pull_request(DRAFT)
    assert rig.open()[0].body.startswith("I wrote it anew.\n\n")
    assert rig.open()[0].body.count("It moves.") == 1
    assert forge.open_pull_request(DRAFT).outcome is Outcome.UNCHANGED


def test_line_ends_of_a_browser_are_no_change(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    rig.edit(number, body=rig.open()[0].body.replace("\n", "\r\n") + "\r\n")
    assert forge.open_pull_request(DRAFT).outcome is Outcome.UNCHANGED


def test_marks_in_a_text_are_none(rig: Rig) -> None:
    forge = rig.forge()
    hostile = replace(DRAFT, body="one <!-- migrator:end --> two <!-- migrator:begin --> three")
    forge.open_pull_request(hostile)
    forge.open_pull_request(replace(hostile, body="four"))
    body = rig.open()[0].body
    assert "four" in body
    assert not {"one", "two", "three"} & set(body.split())


def test_a_reviewer_who_is_not_known_is_a_note(rig: Rig) -> None:
    opened = rig.forge().open_pull_request(replace(DRAFT, reviewers=("ghost", "ann")))
    assert opened.outcome is Outcome.CREATED
    assert [note.split()[0] for note in opened.notes] == ["ghost"]
    assert rig.open()[0].reviewers == {"ann"}


def test_nobody_reviews_their_own(rig: Rig) -> None:
    opened = rig.forge().open_pull_request(replace(DRAFT, reviewers=("Robot", "ann")))
    assert opened.notes == ()
    assert rig.open()[0].reviewers == {"ann"}


def test_a_draft_stays_what_a_person_makes_of_it(rig: Rig) -> None:
    forge = rig.forge()
    forge.open_pull_request(replace(DRAFT, draft=True))
    assert rig.open()[0].draft
    forge.open_pull_request(replace(DRAFT, draft=False, title="Move duty"))
    assert rig.open()[0].draft
    assert rig.open()[0].title == "Move duty"


def test_one_that_a_person_turned_to_another_base_is_still_ours(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    rig.edit(number, base="release")
    opened = forge.open_pull_request(DRAFT)
    assert opened.number == number
    assert any("release" in note for note in opened.notes)
    assert [(each.number, each.base) for each in rig.open()] == [(number, "release")]
    assert forge.standing(BRANCH, "main") == (Standing.OPEN, opened.url)


def test_a_branch_of_the_same_name_in_a_fork_is_another_one(rig: Rig) -> None:
    rig.from_fork(BRANCH)
    forge = rig.forge()
    assert forge.standing(BRANCH, "main") is None
    assert forge.open_pull_request(DRAFT).outcome is Outcome.CREATED
    assert len(rig.open()) == 1


def test_a_branch_that_is_not_there_is_refused_in_the_forges_words(rig: Rig) -> None:
    with pytest.raises(InputError) as caught:
        rig.forge().open_pull_request(replace(DRAFT, branch="migrator/nowhere"))
    assert str(caught.value)
    assert rig.open() == []


@pytest.mark.parametrize("standing", [Standing.MERGED, Standing.CLOSED])
def test_the_newest_tells_how_it_stands(rig: Rig, standing: Standing) -> None:
    forge = rig.forge()
    assert forge.standing(BRANCH, "main") is None
    first = forge.open_pull_request(DRAFT)
    assert forge.standing(BRANCH, "main") == (Standing.OPEN, first.url)
    rig.end(first.number, standing)
    assert forge.standing(BRANCH, "main") == (standing, first.url)
    assert forge.standing(BRANCH, "release") is None
    second = forge.open_pull_request(DRAFT)
    assert second.number != first.number
    assert forge.standing(BRANCH, "main") == (Standing.OPEN, second.url)


def test_texts_that_are_too_long_are_cut_and_it_is_said(rig: Rig) -> None:
    lines = "\n".join(f"- {number} {'x' * 200}" for number in range(6000))
    text = f"<details>\n\n```python\n{lines}\n```\n\n</details>"
    opened = rig.forge().open_pull_request(replace(DRAFT, title="t" * 400, body=text, draft=True))
    (there,) = rig.open()
    assert there.title.endswith("…")
    assert any("was cut" in note for note in opened.notes)
    assert there.body.count("```") == 2
    assert there.body.count("<details>") == there.body.count("</details>") == 1
    assert rig.forge().open_pull_request(replace(DRAFT, title="t" * 400, body=text)).outcome is Outcome.UNCHANGED


def test_people_s_text_leaves_us_what_is_left(rig: Rig) -> None:
    forge = rig.forge()
    number = forge.open_pull_request(DRAFT).number
    rig.edit(number, body="p" * 40_000 + "\n\n" + rig.open()[0].body)
    long = "\n".join("o" * 99 for _ in range(11_000))
    opened = forge.open_pull_request(replace(DRAFT, body=long))
    assert any("was cut" in note for note in opened.notes)
    assert rig.open()[0].body.startswith("p" * 40_000 + "\n\n<!-- migrator:begin")
    assert rig.open()[0].body.endswith("<!-- migrator:end -->")


def test_links_are_made_up_without_asking(rig: Rig) -> None:
    before = rig.writes()
    link = rig.forge().link("shop/tax.py", "a" * 40, 10, 20)
    place = re.sub(r":\d+/", "/", link)  # the rig's port may hold any digits
    assert "a" * 40 in place and "shop/tax.py" in place and place.count("10") == 1
    assert rig.writes() == before
