"""What a remote's address says of its forge, and where the forge is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.forges.addresses import Address, address, api_of, kind_of, named_hosts, repository_at
from migrator.adapters.forges.aliases import without_alias
from migrator.domain.forges import ForgeKind
from migrator.errors import InputError


@pytest.mark.parametrize(
    ("url", "host", "repository", "web"),
    [
        ("https://github.com/acme/shop.git", "github.com", "acme/shop", "https://github.com/acme/shop"),
        ("https://github.com/acme/shop/", "github.com", "acme/shop", "https://github.com/acme/shop"),
        ("https://ann:secret@github.com/acme/shop", "github.com", "acme/shop", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com", "acme/shop", "https://github.com/acme/shop"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop", "https://github.com/acme/shop"),
        ("ssh://git@altssh.gitlab.com:443/a/b/c.git", "gitlab.com", "a/b/c", "https://gitlab.com/a/b/c"),
        ("ssh://git@Git.Example.com:2222/a/b.git", "git.example.com", "a/b", "https://git.example.com/a/b"),
        ("git.example.com:a/b.git", "git.example.com", "a/b", "https://git.example.com/a/b"),
        ("https://git.example.com:8443/a/b.git", "git.example.com:8443", "a/b", "https://git.example.com:8443/a/b"),
        ("http://git.example.com:8080/a/b.git", "git.example.com", "a/b", "https://git.example.com/a/b"),
        ("http://127.0.0.1:8080/a/b.git", "127.0.0.1:8080", "a/b", "http://127.0.0.1:8080/a/b"),
        ("http://[::1]:8080/a/b.git", "[::1]:8080", "a/b", "http://[::1]:8080/a/b"),
        ("https://gitlab.com/a/b c/ü.git", "gitlab.com", "a/b c/ü", "https://gitlab.com/a/b%20c/%C3%BC"),
        ("/srv/git/acme/shop.git", "", "acme/shop", ""),
        ("file:///srv/git/acme/shop/.git", "", "acme/shop", ""),
        ("../acme/shop.git", "", "acme/shop", ""),
        ("https://[broken/a/b", "", "", ""),
    ],
)
def test_an_address(url: str, host: str, repository: str, web: str) -> None:
    assert address(url) == Address(host, repository, web)


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("github.com", ForgeKind.GITHUB),
        ("acme.ghe.com", ForgeKind.GITHUB),
        ("github.example.com", ForgeKind.GITHUB),
        ("github-prod.example.com", ForgeKind.GITHUB),
        ("gitlab.com", ForgeKind.GITLAB),
        ("gitlab.internal", ForgeKind.GITLAB),
        ("gitlab-2.example.com", ForgeKind.GITLAB),
        ("notgithub.com", ForgeKind.GIT),
        ("github.com.evil.example", ForgeKind.GITHUB),  # and has no token of github.com: see the tokens
        ("bitbucket.org", ForgeKind.GIT),
        ("", ForgeKind.GIT),
    ],
)
def test_the_kind_that_a_host_is_called_after(host: str, kind: ForgeKind) -> None:
    assert kind_of(host) is kind


@pytest.mark.parametrize(
    ("kind", "remote", "stated", "api"),
    [
        (ForgeKind.GITHUB, "git@github.com:a/b.git", "", "https://api.github.com"),
        (ForgeKind.GITHUB, "https://acme.ghe.com/a/b", "", "https://api.acme.ghe.com"),
        (ForgeKind.GITHUB, "https://git.example.com:8443/a/b", "", "https://git.example.com:8443/api/v3"),
        (ForgeKind.GITHUB, "git@github.com:a/b.git", "https://api.github.com/", "https://api.github.com"),
        (ForgeKind.GITLAB, "git@gitlab.com:a/b.git", "", "https://gitlab.com/api/v4"),
        (ForgeKind.GITLAB, "http://git.example.com/a/b.git", "", "https://git.example.com/api/v4"),
        (ForgeKind.GITLAB, "ssh://git@ssh.git.example.com/a/b", "https://git.example.com", "https://git.example.com"),
        (ForgeKind.GITLAB, "/srv/a/b.git", "http://127.0.0.1:9/api/v4", "http://127.0.0.1:9/api/v4"),
    ],
)
def test_where_it_is_asked(kind: ForgeKind, remote: str, stated: str, api: str) -> None:
    assert api_of(kind, address(remote), stated) == api


@pytest.mark.parametrize(
    ("remote", "stated"),
    [
        ("git@github.com:a/b.git", "https://api.github.com.evil.example"),
        ("git@github.com:a/b.git", "https://evil.example/api.github.com"),
        ("git@git.example.com:a/b.git", "https://api.github.com"),
        ("git@git.example.com:a/b.git", "https://example.com/api/v3"),
        ("git@git.example.com:a/b.git", "http://127.0.0.1:8080"),
        ("/srv/a/b.git", "https://api.github.com"),
        ("/srv/a/b.git", ""),
    ],
)
def test_an_api_on_another_host_than_the_remote_is_refused(remote: str, stated: str) -> None:
    with pytest.raises(InputError):
        api_of(ForgeKind.GITHUB, address(remote), stated)


def test_a_host_that_the_environment_names_is_trusted() -> None:
    environment = {"GH_HOST": "api.internal", "GITLAB_HOST": "https://Git.example.com/"}
    place = address("git@code.example.com:a/b.git")
    stated = "https://api.internal/v3"
    assert api_of(ForgeKind.GITHUB, place, stated, named_hosts(ForgeKind.GITHUB, environment)) == stated
    with pytest.raises(InputError):
        api_of(ForgeKind.GITLAB, place, stated, named_hosts(ForgeKind.GITLAB, environment))
    assert named_hosts(ForgeKind.GITLAB, environment) == {"git.example.com"}


def test_a_forge_below_a_path() -> None:
    place = address("https://example.com/gitlab/acme/shop.git")
    assert repository_at(place, "https://example.com/gitlab/api/v4") == "acme/shop"
    assert repository_at(place, "https://example.com/api/v4") == "gitlab/acme/shop"


@pytest.fixture
def ssh(tmp_path: Path) -> dict[str, str]:
    """An environment in which SSH calls `work` and `github.com-work` github.com."""
    program = tmp_path / "ssh"
    program.write_text(
        '#!/bin/sh\n[ "$1 $2" = "-G --" ] || exit 9\ncase "$3" in\n'
        'work|github.com-work) echo "user git"; echo "hostname github.com" ;;\n'
        'bad) exit 1 ;;\n*) echo "hostname $3" ;;\nesac\n'
    )
    program.chmod(0o755)
    return {"PATH": f"{tmp_path}:/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("git@work:acme/shop.git", "git@github.com:acme/shop.git"),
        ("work:acme/shop.git", "github.com:acme/shop.git"),
        ("git@github.com-work:acme/shop.git", "git@github.com:acme/shop.git"),
        ("ssh://git@work:22/acme/shop.git", "ssh://git@github.com:22/acme/shop.git"),
        ("ssh://work/acme/shop.git", "ssh://github.com/acme/shop.git"),
        ("git@git.example.com:a/b.git", "git@git.example.com:a/b.git"),
        ("git@bad:a/b.git", "git@bad:a/b.git"),
        ("https://work/acme/shop.git", "https://work/acme/shop.git"),
        ("work/acme/shop.git", "work/acme/shop.git"),
        ("/work/acme/shop.git", "/work/acme/shop.git"),
        ("-oProxyCommand=x:a/b", "-oProxyCommand=x:a/b"),
    ],
)
def test_an_alias_of_ssh(url: str, expected: str, ssh: dict[str, str]) -> None:
    assert without_alias(url, ssh) == expected


def test_without_ssh_an_address_stays() -> None:
    assert without_alias("git@work:a/b.git", {"PATH": "/nowhere"}) == "git@work:a/b.git"
