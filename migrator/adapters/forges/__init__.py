"""The forges that pull requests are opened at: one file a kind, listed here once.

In: `[forge]`, the remote's address, the environment. Out: the `Forge` port. Which files, which branch and what the texts say
is left to those who publish. A token is looked for when the forge is first asked, so that links need none.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.adapters.forges.addresses import address
from migrator.adapters.forges.git import GitForge
from migrator.domain.forges import ForgeSettings
from migrator.publishing.ports import Forge

__all__ = ["open_forge"]


def open_forge(settings: ForgeSettings, remote_url: str, environment: Mapping[str, str]) -> Forge:
    """The forge of a remote.

    Args:
        remote_url: as git has it, without a password.
        environment: where tokens stand.

    Raises:
        InputError: the configuration names an API on another host, or the client library is not installed.
    """
    place = address(remote_url)
    return GitForge(place)
