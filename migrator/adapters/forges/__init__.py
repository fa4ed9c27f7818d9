"""The forges that pull requests are opened at: one file a kind, listed here once.

In: `[forge]`, the remote's address, the environment. Out: the `Forge` port. Which files, which branch and what the texts say
is left to those who publish. A token is looked for when the forge is first asked, so that links need none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Final, NamedTuple
from urllib.parse import quote

from migrator.adapters.forges.addresses import Address, address, api_of, hostname, kind_of, named_hosts, repository_at
from migrator.adapters.forges.aliases import without_alias
from migrator.adapters.forges.answers import Meaning
from migrator.adapters.forges.desks import Desk
from migrator.adapters.forges.git import GitForge
from migrator.adapters.forges.github import GitHubDesk
from migrator.adapters.forges.github import link as github_link
from migrator.adapters.forges.gitlab import GitLabDesk
from migrator.adapters.forges.gitlab import link as gitlab_link
from migrator.adapters.forges.opening import HostedForge
from migrator.adapters.forges.tokens import credential_of, find_token
from migrator.adapters.forges.tries import PATIENT, Patience
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.errors import InputError
from migrator.publishing.ports import Forge

__all__ = ["Patience", "open_forge"]


class _Hosted(NamedTuple):
    library: str
    distribution: str
    desk: Callable[[str, str, Meaning, float], Desk]
    link: Callable[[Address, str, str, int, int], str]


_HOSTED: Final[Mapping[ForgeKind, _Hosted]] = {
    ForgeKind.GITHUB: _Hosted("github", "PyGithub", GitHubDesk, github_link),
    ForgeKind.GITLAB: _Hosted("gitlab", "python-gitlab", GitLabDesk, gitlab_link),
}


def open_forge(
    settings: ForgeSettings,
    remote_url: str,
    environment: Mapping[str, str],
    *,
    patience: Patience = PATIENT,
    fill: Callable[[str, Mapping[str, str]], str] = credential_of,
) -> Forge:
    """The forge of a remote.

    Args:
        remote_url: as git has it, without a password.
        environment: where tokens stand; git and ssh are run with it.
        fill: asks git's credential helper for the password of an address.

    Raises:
        InputError: the configuration names an API on another host, or the client library is not installed.
    """
    place = address(without_alias(remote_url, environment))
    kind = settings.kind or kind_of(place.name)
    hosted = _HOSTED.get(kind)
    if hosted is None:
        return GitForge(place)
    trusted = named_hosts(kind, environment)
    api = api_of(kind, place, settings.url, trusted)
    repository = repository_at(place, api)
    if not repository.partition("/")[2]:
        raise InputError(
            f"the remote's address does not say which repository of {place.host or kind} it is",
            hint='it ends in OWNER/NAME.git; otherwise set kind = "git" in [forge] of migrator.toml',
        )
    if find_spec(hosted.library) is None:
        raise InputError(
            f"{hosted.distribution} is not installed, which {kind} is asked by",
            hint="pip install 'migrator[forges]'",
        )

    def desk() -> Desk:
        asked = hostname(api)
        elsewhere = asked in trusted or not place.host
        origin = api.partition("/api/")[0] if elsewhere else place.web.removesuffix(f"/{quote(place.repository)}")
        token = find_token(
            kind, asked if elsewhere else place.name, settings.token_env, environment, fill, helper_url=origin
        )
        return hosted.desk(api, repository, Meaning(kind, place.shown, asked, token), patience.answer_s)

    return HostedForge(kind, desk, partial(hosted.link, place), patience)
