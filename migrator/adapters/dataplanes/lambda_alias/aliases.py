"""Aliases as AWS keeps them.

In: a function, the name of an alias, settings. Out: the alias as it stands, changed in one call under the revision that
was read. What the settings mean is left to the plane.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrator.adapters.aws import AwsError, AwsService, settled
from migrator.adapters.dataplanes.lambda_alias.routing import shown
from migrator.errors import RemoteError
from migrator.rollout.ports import Clock

Alias = Mapping[str, Any]
Place = tuple[str, str]
"""A function and the name of an alias."""


class Aliases:
    """Reads and changes aliases.

    Raises:
        RemoteError: from every method, where AWS refused the call or does not answer.
    """

    def __init__(self, service: AwsService, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    def get(self, place: Place) -> Alias | None:
        """An alias as it stands; None where there is none."""
        try:
            return self._service.call("GetAlias", FunctionName=place[0], Name=place[1])
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return None

    def of(self, function: str) -> tuple[Alias, ...]:
        """All aliases of a function; none where there is no such function."""
        try:
            return self._service.pages("ListAliases", "Aliases", FunctionName=function)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return ()

    def update(self, place: Place, alias: Alias, settings: dict[str, Any]) -> None:
        """One change, seen live afterwards; none where it is live already."""
        if _says(alias, settings):
            return
        function, name = place
        try:
            self._service.call(
                "UpdateAlias", FunctionName=function, Name=name, RevisionId=alias["RevisionId"], **settings
            )
        except AwsError as error:
            # A call that took, and whose answer was lost, is repeated by botocore and refused then.
            if error.code != "PreconditionFailedException" or not _says(self.get(place) or {}, settings):
                raise _mended(error, place) from error
        seen, is_there = settled(lambda: self.get(place) or {}, lambda now: _says(now, settings), self._clock)
        if not is_there:
            raise RemoteError(
                f"the alias {name} of {function} did not keep what was set: it sends calls to {shown(seen)}"
                if seen
                else f"the alias {name} of {function} is gone",
                hint="somebody else changes it; look who does",
                retryable=True,
            )


def _says(alias: Alias, settings: Mapping[str, Any]) -> bool:
    """Whether an alias is as it was set."""
    now = {
        "FunctionVersion": alias.get("FunctionVersion"),
        "Description": alias.get("Description") or "",
        "RoutingConfig": {"AdditionalVersionWeights": _additional(alias)},
    }
    return all(now[key] == value for key, value in settings.items())


def _additional(alias: Alias) -> Mapping[str, float]:
    return (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}


def _mended(error: AwsError, place: Place) -> RemoteError:
    if error.code != "PreconditionFailedException":
        return error
    return RemoteError(
        f"somebody else changed the alias {place[1]} of {place[0]} in this moment",
        hint="look what is live now: migrator router show",
        retryable=True,
    )
