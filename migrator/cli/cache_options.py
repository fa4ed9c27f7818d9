"""Whether an analysis may be the one of last time, where nothing has changed since.

In: a flag. Out: where analyses are kept, below XDG_CACHE_HOME; losing it costs the time of one analysis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache

NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Analyze again, also where nothing has changed since last time.")
]


def analysis_cache(*, no_cache: bool) -> AnalysisCache | None:
    """Where analyses are kept; None where none is to be taken."""
    if no_cache:
        return None
    from migrator import __version__
    from migrator.adapters.analyses import AnalysisCache
    from migrator.cli.cache_folder import cache_folder
    from migrator.cli.terminal import note

    try:
        folder = cache_folder("analyses")
    except OSError as error:
        note(f"the analysis is not kept for the next time: {error.strerror}")
        return None
    return AnalysisCache(folder, __version__, note)
