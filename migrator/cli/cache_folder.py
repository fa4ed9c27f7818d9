"""Where what can be made again is kept: below XDG_CACHE_HOME, or `.cache` of the home folder.

In: the environment. Out: a folder, which need not be there yet. What lies in it is left to whoever asks.
"""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder for one kind of things.

    Not by platformdirs: importing it costs more than all the rest of a completion.

    Raises:
        OSError: there is no home folder, as in a container whose user has no name.
    """
    home = os.environ.get("XDG_CACHE_HOME")
    if not home:
        try:
            home = str(Path.home() / ".cache")
        except RuntimeError as error:
            raise FileNotFoundError(0, "there is no home folder, and XDG_CACHE_HOME is not set") from error
    return Path(home) / "migrator" / name
