"""CODEOWNERS: the examples of GitHub's and GitLab's documentation, and what is no owner."""

from __future__ import annotations

import pytest

from migrator.adapters.forges.codeowners import PLACES, github_rules, gitlab_rules, owners, reviewers
from migrator.domain.forges import ForgeKind

GITHUB = """\
# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com @docs
apps/ @octocat
/docs/ @docs-all
/scripts/ @doctocat @octocat
**/logs @logs
/apps2/ @octocat
/apps2/github
/with\\ space/ @spaced
!/build/ @never
/[ab]/ @never
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("setup.py", ("global-owner1", "global-owner2")),
        ("src/a/b.js", ("js-owner",)),
        ("main.go", ()),  # an e-mail address cannot be asked
        ("a/b.txt", ("octo-org/octocats",)),
        ("build/logs/x/y.c", ("logs",)),
        ("deep/build/logs.c", ("global-owner1", "global-owner2")),
        ("src/apps/x/y.py", ("octocat",)),
        ("docs/guide.md", ("docs-all",)),
        ("scripts/x.sh", ("doctocat", "octocat")),
        ("deeply/nested/logs/x", ("logs",)),
        ("apps2/readme", ("octocat",)),
        ("apps2/github/x.py", ()),  # without an owner on purpose
        ("with space/x.py", ("spaced",)),
        ("a/x.py", ("global-owner1", "global-owner2")),
    ],
)
def test_github_counts_the_last_line_that_matches(path: str, expected: tuple[str, ...]) -> None:
    assert owners(tuple(github_rules(GITHUB)), [path]) == expected


def test_github_takes_a_star_for_one_level() -> None:
    rules = tuple(github_rules("docs/* @docs\n"))
    assert owners(rules, ["docs/getting-started.md"]) == ("docs",)
    assert owners(rules, ["docs/build-app/troubleshooting.md"]) == ()
    assert owners(rules, ["more/docs/getting-started.md"]) == ()


GITLAB = """\
* @default
README.md @readers
/docs @not-the-folder
/root-docs/ @root-docs
/direct/* @direct
lib/*.rb @ruby

[Documentation] @docs-default
*.md
ee/docs/ @ee-docs

^[Database][2]
model/db/ @database/all @@developer dba@example.com

[DOCUMENTATION]
*.rst @rst

[Go] @go
*.go
!*.generated.go
*.generated.go @never
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", ("default",)),
        ("deep/README.md", ("readers", "docs-default")),
        ("docs/x.txt", ("default",)),
        ("docs", ("not-the-folder",)),
        ("root-docs/a/b", ("root-docs",)),
        ("x/root-docs/a", ("default",)),
        ("direct/a", ("direct",)),
        ("direct/a/b", ("default",)),
        ("x/lib/a.rb", ("ruby",)),
        ("x/ee/docs/a.txt", ("default", "ee-docs")),
        ("model/db/a.sql", ("default", "database/all")),
        ("a.rst", ("default", "rst")),
        ("a.go", ("default", "go")),
        ("a.generated.go", ("default",)),
    ],
)
def test_gitlab_counts_the_last_line_of_each_section(path: str, expected: tuple[str, ...]) -> None:
    assert owners(tuple(gitlab_rules(GITLAB)), [path]) == expected


@pytest.mark.parametrize("kind", [ForgeKind.GITHUB, ForgeKind.GITLAB])
def test_who_stands_in_a_comment_owns_nothing(kind: ForgeKind) -> None:
    text = b"* @ann\n#* @bob\n# * @bob\n  # @bob\n"
    assert reviewers(kind, lambda path: text, ["a.py", "#", "# "]) == ("ann",)


def test_who_stands_in_a_comment_behind_a_rule_owns_at_gitlab_alone() -> None:
    text = b"* @ann # and @bob\n"
    assert reviewers(ForgeKind.GITHUB, lambda path: text, ["a.py"]) == ("ann",)
    assert reviewers(ForgeKind.GITLAB, lambda path: text, ["a.py"]) == ("ann", "bob")


def test_owners_come_once_and_in_the_order_of_the_file() -> None:
    rules = tuple(github_rules("a @one @two\nb @three\nc @two\n"))
    assert owners(rules, ["c", "b", "a"]) == ("one", "two", "three")


@pytest.mark.parametrize("kind", [ForgeKind.GITHUB, ForgeKind.GITLAB])
def test_the_first_place_that_has_a_file_counts(kind: ForgeKind) -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return b"* @ann\n" if path == PLACES[kind][1] else b"* @bob\n" if path == PLACES[kind][2] else None

    assert reviewers(kind, read, ["x.py"]) == ("ann",)
    assert asked == list(PLACES[kind][:2])


def test_plain_git_has_no_owners() -> None:
    assert reviewers(ForgeKind.GIT, lambda path: b"* @ann\n", ["x.py"]) == ()


@pytest.mark.parametrize(
    "text", ["\ufeff* @ann", "[unclosed @x\n* @ann", "/// @x\n* @ann", "\\ @x\n* @ann", "* @ann \0"]
)
def test_odd_lines_take_nothing_from_the_others(text: str) -> None:
    for kind in (ForgeKind.GITHUB, ForgeKind.GITLAB):
        assert "ann" in reviewers(kind, lambda path: text.encode(), ["x.py"])
