"""Where a token comes from, to which host it goes, and that it shows nowhere."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.adapters.forges.tokens import Token, credential_of, find_token
from migrator.domain.forges import ForgeKind
from migrator.errors import InputError

GITHUB, GITLAB = ForgeKind.GITHUB, ForgeKind.GITLAB


def nothing(url: str, environment: Mapping[str, str]) -> str:
    return ""


@pytest.mark.parametrize(
    ("kind", "host", "environment", "source"),
    [
        (GITHUB, "github.com", {"GH_TOKEN": "t", "GITHUB_TOKEN": "u"}, "GH_TOKEN"),
        (GITHUB, "github.com", {"GH_TOKEN": " ", "GITHUB_TOKEN": "t"}, "GITHUB_TOKEN"),
        (GITHUB, "acme.ghe.com", {"GH_TOKEN": "t"}, "GH_TOKEN"),
        (GITHUB, "git.example.com", {"GH_ENTERPRISE_TOKEN": "t", "GH_TOKEN": "u"}, "GH_ENTERPRISE_TOKEN"),
        (GITHUB, "git.example.com", {"GITHUB_ENTERPRISE_TOKEN": "t"}, "GITHUB_ENTERPRISE_TOKEN"),
        (
            GITHUB,
            "git.example.com",
            {"GITHUB_TOKEN": "t", "GITHUB_SERVER_URL": "https://git.example.com"},
            "GITHUB_TOKEN",
        ),
        (GITHUB, "127.0.0.1", {"GH_TOKEN": "u", "GH_ENTERPRISE_TOKEN": "t"}, "GH_ENTERPRISE_TOKEN"),
        (GITHUB, "127.0.0.1", {"GH_TOKEN": "t"}, "GH_TOKEN"),
        (GITLAB, "gitlab.com", {"GITLAB_TOKEN": "t\n"}, "GITLAB_TOKEN"),
        (GITLAB, "git.example.com", {"GITLAB_TOKEN": "t", "GITLAB_HOST": "git.example.com"}, "GITLAB_TOKEN"),
        (GITLAB, "git.example.com", {"GITLAB_TOKEN": "t", "GITLAB_HOST": "https://git.example.com/"}, "GITLAB_TOKEN"),
        (GITLAB, "git.example.com", {"GITLAB_TOKEN": "t", "CI_SERVER_HOST": "git.example.com"}, "GITLAB_TOKEN"),
    ],
)
def test_the_variable_of_a_host(kind: ForgeKind, host: str, environment: dict[str, str], source: str) -> None:
    assert find_token(kind, host, "", environment, nothing) == Token(source, "t")


@pytest.mark.parametrize(
    ("kind", "host", "environment", "told"),
    [
        (GITHUB, "git.example.com", {"GH_TOKEN": "t"}, "GH_TOKEN is for another host"),
        (GITHUB, "github.com.evil.example", {"GITHUB_TOKEN": "t"}, "GITHUB_TOKEN is for another host"),
        (
            GITHUB,
            "git.example.com",
            {"GH_ENTERPRISE_TOKEN": "t", "GH_HOST": "other.example.com"},
            "GH_ENTERPRISE_TOKEN is for another host",
        ),
        (GITHUB, "github.com", {"GH_ENTERPRISE_TOKEN": "t"}, "GH_ENTERPRISE_TOKEN is for another host"),
        (GITLAB, "gitlab.evil.example", {"GITLAB_TOKEN": "t"}, "GITLAB_TOKEN is for another host"),
        (GITLAB, "gitlab.com", {"CI_JOB_TOKEN": "t"}, "CI_JOB_TOKEN may not open merge requests"),
        (GITHUB, "github.com", {}, "there is no token for github.com"),
    ],
)
def test_no_token_of_another_host(kind: ForgeKind, host: str, environment: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        find_token(kind, host, "", environment, nothing)
    assert told in caught.value.message
    assert "set " in caught.value.hint


def test_a_variable_that_the_configuration_names_is_the_only_one() -> None:
    environment = {"SHOP_TOKEN": "t", "GH_TOKEN": "u"}
    assert find_token(GITHUB, "git.example.com", "SHOP_TOKEN", environment, nothing) == Token("SHOP_TOKEN", "t")
    with pytest.raises(InputError, match="SHOP_TOKEN is not set"):
        find_token(GITHUB, "github.com", "SHOP_TOKEN", {"GH_TOKEN": "u"}, lambda url, variables: "v")


@pytest.mark.parametrize("variable", ["GH_TOKEN", "GITLAB_TOKEN", "GITHUB_TOKEN"])
def test_a_repository_cannot_have_a_token_of_another_host_sent_to_its_own(variable: str) -> None:
    for kind in (GITHUB, GITLAB):
        with pytest.raises(InputError, match=f"{variable} is for another host"):
            find_token(kind, "evil.example", variable, {variable: "t"}, nothing)
    assert find_token(GITHUB, "127.0.0.1", variable, {variable: "t"}, nothing).source == variable


def test_the_credential_helper_is_asked_last() -> None:
    asked: list[str] = []

    def fill(url: str, environment: Mapping[str, str]) -> str:
        asked.append(url)
        return "from-helper"

    assert find_token(GITHUB, "github.com", "", {"GH_TOKEN": "t"}, fill).source == "GH_TOKEN"
    assert asked == []
    found = find_token(GITHUB, "git.example.com", "", {}, fill, helper_url="https://git.example.com:8443")
    assert (found.source, found.secret) == ("git's credential helper", "from-helper")
    assert asked == ["https://git.example.com:8443"]


@pytest.mark.parametrize("secret", ["two words", "a\nx-evil: 1", "tökén", "a\x00b"])
def test_what_is_no_token_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(InputError) as caught:
        find_token(GITHUB, "github.com", "", {"GH_TOKEN": secret}, nothing)
    assert "GH_TOKEN" in caught.value.message
    assert secret not in str(caught.value) + repr(caught.value)


def test_a_token_shows_nowhere() -> None:
    token = Token("GH_TOKEN", "plan/ted")
    assert "plan" not in f"{token} {token!r}"
    assert token.scrubbed("a plan/ted b plan%2Fted c") == "a [token] b [token] c"


@pytest.fixture
def git_environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose git has a helper of its own, which notes what it is asked."""
    helper = tmp_path / "helper"
    helper.write_text(
        f'#!/bin/sh\ncat > "{tmp_path}/asked"\ngrep -q host=known "{tmp_path}/asked" || exit 0\n'
        "echo username=ann\necho password=from=helper\n"
    )
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    asking = tmp_path / "askpass"
    asking.write_text(f'#!/bin/sh\ntouch "{tmp_path}/somebody-was-asked"\necho typed\n')
    asking.chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f"[credential]\n\thelper = {helper}\n")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "SSH_ASKPASS": str(asking),
        "GIT_ASKPASS": str(asking),
    }


def test_git_s_helper_gives_the_password_of_a_host(git_environment: dict[str, str], tmp_path: Path) -> None:
    assert credential_of("https://known.example.com:8443", git_environment) == "from=helper"
    assert "host=known.example.com:8443\n" in (tmp_path / "asked").read_text()


def test_nobody_is_asked_for_what_the_helper_does_not_have(git_environment: dict[str, str], tmp_path: Path) -> None:
    assert credential_of("https://other.example.com", git_environment) == ""
    assert not (tmp_path / "somebody-was-asked").exists()


def test_a_host_cannot_add_lines_to_the_question(git_environment: dict[str, str]) -> None:
    assert credential_of("https://other\nhost=known.example.com", git_environment) == ""


def test_without_git_there_is_no_credential() -> None:
    assert subprocess.run(["git", "--version"], capture_output=True, check=False).returncode == 0
    assert credential_of("https://known.example.com", {"PATH": "/nowhere"}) == ""
