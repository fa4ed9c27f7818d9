"""Which clone and which forge people are asked for weights by.

In: a router configuration that lies in a clone, the `[forge]` of the `migrator.toml` beside it. Out: the open
`WeightRequests` port. Loaded only where weights are raised by pull requests.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from migrator.adapters.forges import Patience, open_forge
from migrator.adapters.repositories import GitRepository, open_repository
from migrator.adapters.weight_requests import AtOnce, Desk, InBackground
from migrator.config import FILE_NAME, configuration
from migrator.domain.forges import ForgeSettings
from migrator.errors import InputError
from migrator.rollout.by_route import Bonds

PATIENCE: Final = Patience(answer_s=10.0, tries=3, give_up_s=20.0)
"""Of one visit. What does not answer by then is asked again by a later look, and nothing is lost meanwhile."""


def open_weight_requests(
    source: str,
    settings: ForgeSettings,
    bonds: Bonds,
    resolutions: Mapping[str, float],
    *,
    goes_on: bool,
    environment: Mapping[str, str] | None = None,
) -> AtOnce | InBackground:
    """What asks people for weights; close it.

    Args:
        source: the router configuration's path.
        resolutions: by route, the smallest step of a weight that its plane has, in percent.
        goes_on: ask in a thread of its own, for a process that runs on.
        environment: where tokens stand; None for the process's own.

    Raises:
        InputError: there is no clone, no such remote, or the forge cannot be asked from here.
    """
    variables = os.environ if environment is None else environment
    repository, path = _clone_of(source)
    forge = open_forge(settings, repository.remote_url(settings.remote), variables, patience=PATIENCE)
    desk = Desk(repository, forge, settings, path, bonds=bonds, resolutions=resolutions)
    return InBackground(desk) if goes_on else AtOnce(desk)


def forge_settings(source: str) -> ForgeSettings:
    """`[forge]` of the nearest `migrator.toml`, from a router configuration's folder up to the top of its clone.

    Raises:
        InputError: there is no clone, or the file has mistakes.
    """
    repository, path = _clone_of(source)
    top = repository.top.resolve()
    folders = [top / folder for folder in Path(path).parents]
    return configuration(next((each for each in folders if (each / FILE_NAME).is_file()), top)).forge


def _clone_of(source: str) -> tuple[GitRepository, str]:
    """The clone that a file is in, and its path from the top."""
    path = Path(source or "router.yaml").resolve()
    repository = open_repository(path.parent)
    top = repository.top.resolve()
    if not path.is_relative_to(top):
        raise InputError(f"{source} is no file of the clone in {top}", hint="name the file itself, and no link to it")
    return repository, path.relative_to(top).as_posix()
