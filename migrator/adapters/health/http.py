"""Asks legacy over HTTP how it is.

In: a URL for each route. Out: well where it answers 2xx within `LIMIT_S`; not well where it answers otherwise, answers too
late, or nobody listens; not known where the question itself did not get there (no such host, a broken certificate): that
says something of the way, and nothing of legacy. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from migrator.adapters.bounded import Bounded, TooSlow
from migrator.adapters.outbound import Outbound, Unreached, origin
from migrator.domain.looks import Health
from migrator.domain.observations import NoData
from migrator.errors import MigratorError

LIMIT_S: Final = 2.0


class HttpHealth:
    """The `HealthSource` port.

    Args:
        urls: by route; routes that are left out have nothing to ask.
        limit_s: seconds that an answer may take.
    """

    def __init__(self, urls: Mapping[str, str], *, limit_s: float = LIMIT_S) -> None:
        self._urls = urls
        # Asked as the plane asks it: past the proxies of the environment.
        self._outbound = Outbound(limit_s, direct=True)
        self._bounded = Bounded(limit_s)

    def legacy(self, route: str) -> Health | NoData:
        """Whether legacy is well, or why that is not known."""
        url = self._urls.get(route)
        if url is None:
            return NoData("no path is named where legacy says how it is: legacy: {health: /healthz}")
        try:
            answer = self._bounded.ask(url, lambda: self._outbound.send("GET", url))
        except TooSlow as error:
            return Health(False, f"{origin(url)}: {error.message}")
        except Unreached as error:
            return Health(False, error.message) if error.late or error.refused else NoData(error.message)
        except MigratorError as error:
            return NoData(error.message)
        except Exception as error:
            return NoData(f"{origin(url)} cannot be asked ({type(error).__name__})")
        return Health(True) if answer.ok else Health(False, f"{origin(url)} answers {answer.status}")

    def close(self) -> None:
        """Give up the connections."""
        self._outbound.close()
