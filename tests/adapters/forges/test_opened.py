"""Which forge stands behind a remote, and what plain git says in its place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.adapters.forges import open_forge
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import Outcome, PullRequestDraft
from migrator.errors import InputError

REPOSITORY = Path(__file__).parents[3]
DRAFT = PullRequestDraft("migrator/shop.tax", "main", "Move tax", "It moves.", ("strangler",), ("ann",))
NONE = ForgeSettings()


@pytest.mark.parametrize(
    ("remote", "kind"),
    [
        ("https://github.com/acme/shop.git", "github"),
        ("https://github.example.com/acme/shop.git", "github"),
        ("https://gitlab.com/acme/tools/shop.git", "gitlab"),
        ("https://git.example.com/acme/shop.git", "git"),
        ("/srv/git/shop.git", "git"),
    ],
)
def test_the_host_says_the_kind_where_nobody_else_does(remote: str, kind: str) -> None:
    assert open_forge(NONE, remote, {}).kind == kind
    assert open_forge(ForgeSettings(kind=ForgeKind.GIT), remote, {}).kind == "git"


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        (
            "git@github.com:acme/shop.git",
            "https://github.com/acme/shop/compare/main...migrator/shop.tax?expand=1",
        ),
        (
            "git@gitlab.com:acme/shop.git",
            "https://gitlab.com/acme/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=migrator%2Fshop.tax&merge_request%5Btarget_branch%5D=main",
        ),
        (
            "git@bitbucket.org:acme/shop.git",
            "https://bitbucket.org/acme/shop/pull-requests/new?source=migrator%2Fshop.tax&dest=main&t=1",
        ),
        ("https://codeberg.org/acme/shop", "https://codeberg.org/acme/shop/compare/main...migrator%2Fshop.tax"),
        ("https://git.example.com/acme/shop.git", ""),
        ("/srv/git/shop.git", ""),
    ],
)
def test_plain_git_says_where_a_person_opens_it(remote: str, url: str) -> None:
    forge = open_forge(ForgeSettings(kind=ForgeKind.GIT), remote, {})
    opened = forge.open_pull_request(DRAFT)
    assert (opened.outcome, opened.url, opened.number) == (Outcome.TO_OPEN, url, 0)
    assert len(opened.notes) == 2
    assert forge.link("a.py", "abc", 1) == ""
    assert forge.standing(DRAFT.branch, "main") is None


@pytest.mark.parametrize(
    ("remote", "lines", "expected"),
    [
        ("git@github.com:a/b.git", (10, 20), "https://github.com/a/b/blob/c0ffee/x%20y/%23.py#L10-L20"),
        ("git@github.com:a/b.git", (10, 10), "https://github.com/a/b/blob/c0ffee/x%20y/%23.py#L10"),
        ("git@github.com:a/b.git", (0, 0), "https://github.com/a/b/blob/c0ffee/x%20y/%23.py"),
        ("git@gitlab.com:a/g/b.git", (10, 20), "https://gitlab.com/a/g/b/-/blob/c0ffee/x%20y/%23.py#L10-20"),
    ],
)
def test_links(remote: str, lines: tuple[int, int], expected: str) -> None:
    assert open_forge(NONE, remote, {}).link("x y/#.py", "c0ffee", *lines) == expected


def test_a_token_is_looked_for_when_the_forge_is_first_asked() -> None:
    forge = open_forge(NONE, "https://github.com/acme/shop.git", {}, fill=lambda url, environment: "")
    with pytest.raises(InputError, match=r"there is no token for github\.com"):
        forge.standing(DRAFT.branch, "main")
    forge.close()


@pytest.mark.parametrize(
    ("settings", "remote", "environment", "asked"),
    [
        (NONE, "git@github.com:acme/shop.git", {}, "https://github.com"),
        (NONE, "https://gitlab.example.com:8443/a/b.git", {}, "https://gitlab.example.com:8443"),
        (
            ForgeSettings(kind=ForgeKind.GITHUB, url="https://api.internal:8443/api/v3"),
            "git@code.example.com:a/b.git",
            {"GH_HOST": "api.internal"},
            "https://api.internal:8443",
        ),
        (
            ForgeSettings(kind=ForgeKind.GITLAB, url="http://127.0.0.1:9/api/v4"),
            "/srv/acme/shop.git",
            {},
            "http://127.0.0.1:9",
        ),
    ],
)
def test_the_address_that_the_credential_helper_is_asked_for(
    settings: ForgeSettings, remote: str, environment: dict[str, str], asked: str
) -> None:
    seen: list[str] = []
    forge = open_forge(settings, remote, environment, fill=lambda url, variables: seen.append(url) or "")  # type: ignore[func-returns-value]
    host = asked.partition("://")[2].partition(":")[0]
    with pytest.raises(InputError, match=f"there is no token for {re.escape(host)}$"):
        forge.standing(DRAFT.branch, "main")
    assert seen == [asked]


@pytest.mark.parametrize("remote", ["https://github.com/", "https://github.com/shop.git"])
def test_an_address_without_a_repository(remote: str) -> None:
    with pytest.raises(InputError, match="does not say which repository"):
        open_forge(NONE, remote, {})


def test_a_library_that_is_not_installed_is_told_with_the_command() -> None:
    program = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('github', 'gitlab', 'requests', 'pathspec')))\n"
        "from migrator.adapters.forges import open_forge\n"
        "from migrator.domain.forges import ForgeSettings\n"
        "from migrator.errors import InputError\n"
        "for host in ('github.com', 'gitlab.com'):\n"
        "    try:\n"
        "        open_forge(ForgeSettings(), f'https://{host}/a/b.git', {})\n"
        "    except InputError as error:\n"
        "        print(error.message, '|', error.hint)\n"
        "from migrator.adapters.forges.codeowners import reviewers\n"
        "from migrator.domain.forges import ForgeKind\n"
        "try:\n"
        "    reviewers(ForgeKind.GITHUB, lambda path: b'* @ann', ['a'])\n"
        "except InputError as error:\n"
        "    print(error.message, '|', error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("pip install 'migrator[forges]'") == 3


def test_opening_loads_no_library() -> None:
    program = (
        "import sys\n"
        "from migrator.adapters.forges import open_forge\n"
        "from migrator.domain.forges import ForgeSettings\n"
        "open_forge(ForgeSettings(), 'https://github.com/a/b.git', {}).link('a', 'b')\n"
        "open_forge(ForgeSettings(), 'https://gitlab.com/a/b.git', {}).link('a', 'b')\n"
        "print(sorted({'github', 'gitlab', 'requests', 'httpx', 'pathspec'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
