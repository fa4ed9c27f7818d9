"""`[forge]` of `migrator.toml`: what it may say, and that nothing in it leads out of the repository or holds a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.config import ConfigError, configuration, parse_config
from migrator.domain.forges import ForgeKind, ForgeSettings


def test_a_whole_section(tmp_path: Path) -> None:
    (tmp_path / "migrator.toml").write_text(
        '[forge]\nkind = "gitlab"\nremote = "upstream"\nbase = "trunk"\nurl = "https://git.example.com/api/v4"\n'
        'token_env = "SHOP_TOKEN"\nservices = "."\nrouter = "ops/router.yaml"\nbranch = "move/{name}"\n'
        'labels = ["strangler: move"]\nreviewers = ["@ann", "shop/orders"]\ncodeowners = false\ndraft = true\n'
    )
    assert configuration(tmp_path, environment={}).forge == ForgeSettings(
        kind=ForgeKind.GITLAB,
        remote="upstream",
        base="trunk",
        url="https://git.example.com/api/v4",
        token_env="SHOP_TOKEN",
        services=".",
        router="ops/router.yaml",
        branch="move/{name}",
        labels=("strangler: move",),
        reviewers=("ann", "shop/orders"),
        codeowners=False,
        draft=True,
    )


def test_no_section_is_the_default(tmp_path: Path) -> None:
    assert configuration(tmp_path, environment={}).forge == ForgeSettings()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('kind = "bitbucket"', "'bitbucket' is not known; expected one of 'github', 'gitlab' or 'git'"),
        ('remote = "--upload-pack=x"', "is no name of a remote"),
        ('base = "a..b"', "is no name of a branch"),
        ('branch = "migrator/name"', "is no name of a branch with one {name} in it"),
        ('branch = "{name}/{stage}"', "is no name of a branch with one {name} in it"),
        ('branch = "}{name}"', "is no name of a branch with one {name} in it"),
        ('branch = "-{name}"', "is no name of a branch with one {name} in it"),
        ('url = "http://git.example.com/api"', "is no address of an API"),
        ('url = "https://git.example.com/api?private_token=x"', "is no address of an API"),
        ('url = "ftp://git.example.com"', "is no address of an API"),
        ('token_env = "$(id)_TOKEN"', "is no name of a variable"),
        ('token_env = "AWS_SECRET_ACCESS_KEY"', "it has TOKEN or PAT in it"),
        ('token_env = "PATH"', "it has TOKEN or PAT in it"),
        ('services = "../elsewhere"', "is not below the repository's top"),
        ('services = ".git/hooks"', "is not below the repository's top"),
        ('router = "/etc/passwd"', "is no file below the repository's top"),
        ('router = ""', "is no file below the repository's top"),
        ('labels = ["a,b"]', "is no label"),
        ('reviewers = ["two words"]', "is neither NAME nor OWNER/TEAM"),
        ('reviewer = ["ann"]', "did you mean reviewers?"),
    ],
)
def test_a_mistake_is_told_with_its_place(line: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"[forge]\n{line}\n", source="migrator.toml")
    assert str(caught.value).startswith("migrator.toml:2:")
    assert told in str(caught.value)


def test_a_token_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config('[forge]\nurl = "https://x:planted-token@git.example.com/api/v3"\n')
    assert "a token stands in the environment" in str(caught.value)
    assert "planted-token" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("name", ["SHOP_TOKEN", "gh_pat", "PAT_OF_BOT", "TOKEN"])
def test_a_variable_is_called_after_what_it_holds(name: str) -> None:
    file, _ = parse_config(f'[forge]\ntoken_env = "{name}"\n')
    assert file.forge.settings().token_env == name


def test_http_is_taken_on_this_machine() -> None:
    file, _ = parse_config('[forge]\nurl = "http://127.0.0.1:8080/api/v3"\n')
    assert file.forge.settings().url == "http://127.0.0.1:8080/api/v3"
