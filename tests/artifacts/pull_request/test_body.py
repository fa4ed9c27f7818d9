"""What a reviewer reads: the evidence by links, what changes in the account, how to shift and how to go back."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from migrator import bootstrap
from migrator.artifacts.pull_request import LONGEST, Move, Seam, body, title
from migrator.artifacts.seam import At, Place
from migrator.domain.assessments import Unresolved
from migrator.domain.comparisons import Comparison, Difference
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.plans import Dropped, SlicedDefinition
from migrator.domain.pull_requests import Stage
from migrator.resources import sample_root
from tests.support.moves import COMMIT, move_of

MAIL, TAX = "shop.tasks.mail.send_order_mail", "shop.api.tax.quote"


@cache
def moved(name: str) -> Move:
    return move_of(bootstrap.planned_slice(sample_root(), name, jobs=1))


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_link_leads_to_the_line_that_it_names_and_the_line_says_it() -> None:
    found = re.findall(
        r"\[`([^`]+):(\d+)(?:-(\d+))?`\]\(https://github.com/o/r/blob/(\w+)/([^)#]+)#L(\d+)(?:-L(\d+))?\)",
        body(moved(MAIL)),
    )

    assert len(found) > 40
    for path, line, end_line, commit, target, first, last in found:
        assert (path, line, end_line, commit) == (target, first, last, COMMIT)
        assert 1 <= int(line) <= len((sample_root() / path).read_text().splitlines())
    effect = section(body(moved(MAIL)), "What it does to the world")
    [place] = set(re.findall(r"shop/tasks/mail\.py:(\d+)`\]", effect))
    assert "session.get(Order" in Path(sample_root() / "shop/tasks/mail.py").read_text().splitlines()[int(place) - 1]


def test_without_links_the_lines_stand_with_the_commit() -> None:
    text = body(move_of(moved(MAIL).planned, lambda path, line, end_line: ""))

    assert "https://" not in text
    assert "`shop/tasks/mail.py:18-37`" in text
    assert f"Lines are those of `{COMMIT[:12]}`" in text


def test_it_says_what_to_do_and_how_to_go_back() -> None:
    text = body(moved(TAX), others=("https://forge.example/o/other/pulls/7",))

    assert text.startswith("Cuts `shop.api.tax.quote` out of the monolith")
    assert "https://forge.example/o/other/pulls/7" in text
    assert "| 2 | 100 % | 1h | 20 | a person agrees first |" in section(text, "Rollout")
    assert "- `error_rate: worse_by 1pp`" in section(text, "Rollout")
    assert "\nmigrator rollout rollback shop-api-tax-quote\n" in section(text, "Roll back")
    assert "- [ ] Both sides have been asked the same" in section(text, "Before this is merged")
    elsewhere = replace(moved(TAX), layout=replace(moved(TAX).layout, router="deploy/router.yaml"))
    assert "\nmigrator rollout rollback shop-api-tax-quote --router deploy/router.yaml\n" in body(elsewhere)


def test_what_nothing_leads_to_yet_is_said_so() -> None:
    text = body(replace(moved(TAX), plans=()))

    assert "**Nothing leads to it yet**: merging deploys nothing" in text
    assert "whoever operates its event source (http-api) switches it over" in text
    assert "rollback" not in text
    assert "RUNBOOK" not in text
    assert title(Stage.MOVE, "a.b", routed=False) == "Move a.b to Lambda (nothing leads to it yet)"


def test_each_finding_has_its_place() -> None:
    planned = moved(TAX).planned
    known = Location("shop/api/tax.py", 21)
    assessment = replace(
        planned.assessment,
        unresolved=(Unresolved(known, "call(x)", "not known"), Unresolved(known, "safe()", "", "it is a comparison")),
    )
    plan = replace(
        planned.plan,
        access_checks=(Dropped("shop/api/tax.py:18:1: login_required", "turns strangers away"),),
        dropped=(Dropped("shop/api/tax.py:3:1: log()", "stays"), Dropped("no place", "stays")),
    )
    made = replace(
        moved(TAX),
        planned=replace(planned, assessment=assessment, plan=plan, accepted={Effect.MEMOIZE: "the table is small"}),
        seam=Seam(At.REGISTRATION, (Place("shop/api/tax.py", 20),), (Place("shop/x.py", 3, "its result is used"),)),
        comparison=Comparison("tax", 500, 499, 1, 0, 0, (Difference("$.x", "value", 1, {"legacy": 1}),)),
        notes=("RUNBOOK.md stays as people have edited it.",),
    )  # fmt: skip
    text = body(made)

    link = f"[`shop/api/tax.py:21`](https://github.com/o/r/blob/{COMMIT}/shop/api/tax.py#L21)"
    assert f"- `call(x)` at {link}: not known\n- `safe()` at {link}: it is a comparison" in text
    assert "`: `login_required`" not in text, "the link is closed"
    assert "#L18): `login_required`" in section(text, "Access checks that are NOT carried")
    assert "- stays:\n  - [`shop/api/tax.py:3`]" in section(text, "Stays behind, or is to be looked at")
    assert "- `memoize`: the table is small" in text
    assert "- `shop/x.py:3`: its result is used" in section(text, "The seam")
    assert "Of 500 requests: 499 answered alike, 1 otherwise." in section(text, "Legacy and Lambda side by side")
    assert "Each difference of the comparison is meant." in text
    assert "> `RUNBOOK.md` stays as people have edited it." in text


@pytest.mark.parametrize("longest", [65_536, 9_500, 600])
def test_it_is_never_longer_than_the_forge_takes_and_says_what_it_leaves_out(longest: int) -> None:
    planned = moved(MAIL).planned
    many = tuple(
        SlicedDefinition(f"shop.m{number}.f", Location(f"shop/ünïcode_m{number}.py", 1, 9), 9) for number in range(3000)
    )
    text = body(replace(moved(MAIL), planned=replace(planned, plan=replace(planned.plan, definitions=many))), longest)

    assert len(text.encode()) <= longest
    assert text.endswith("\n")
    if longest > 9_000:
        assert re.search(r"- and [\d,]+ more; all: `migrator plan shop.tasks.mail.send_order_mail --all`", text)
        assert "migrator rollout rollback" in text
        assert text.count("<details>") == text.count("</details>")


def test_the_limits_are_those_of_each_forge() -> None:
    assert dict(LONGEST) == {"github": 65_536, "gitlab": 1_048_576, "git": 65_536}


@pytest.mark.parametrize("name", [MAIL, TAX])
def test_it_is_laid_out_as_meant(name: str) -> None:
    text = body(moved(name))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)

    assert "\n\n\n" not in text
    titles = [tokens[number + 1].content for number, token in enumerate(tokens) if token.type == "heading_open"]
    assert titles.index("New in the account") < titles.index("Rollout") < titles.index("Roll back")
    # Each table has all of its rows, and nothing of one stands outside.
    assert sum(token.type == "tr_open" for token in tokens) == sum(
        line.startswith("|") and not line.startswith("|---") for line in text.splitlines()
    )
    assert not any("|---" in token.content for token in tokens if token.type == "inline")
