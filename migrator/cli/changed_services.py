"""`python -m migrator.cli.changed_services [OPTIONS] FILE...`: check the services that files belong to.

In: options of `migrator check`, each as one word, and files, as hooks of a repository hand them over. Out: what the checks
say, and the worst of their exit codes. A file belongs to the nearest folder above it that has a manifest; one that belongs
to no service is passed over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_MANIFEST = "migrator-manifest.json"  # as `migrator.artifacts` calls it, which is not worth being loaded here


def services_of(files: Iterable[str]) -> Iterator[Path]:
    """Each service folder of the files once, in their order; for a deleted service there is none."""
    seen: set[Path] = set()
    for file in files:
        found = next((folder for folder in Path(file).parents if (folder / _MANIFEST).is_file()), None)
        if found is not None and found not in seen:
            seen.add(found)
            yield found


def main(arguments: Sequence[str] | None = None) -> None:
    """Check each service, then exit with the worst code."""
    from migrator.cli.app import main as migrator

    given = list(sys.argv[1:] if arguments is None else arguments)
    options = [word for word in given if word.startswith("-") and word != "--"]
    worst = 0
    for folder in services_of(word for word in given if not word.startswith("-")):
        try:
            migrator(["check", *options, "--", str(folder)])
        except SystemExit as end:
            worst = max(worst, end.code if isinstance(end.code, int) else 1)
    sys.exit(worst)


if __name__ == "__main__":
    main()
