"""A report of what is named: folders, which are analyzed, and documents that earlier analyses have written.

In: paths. Out: a `Report` with the repositories in the order in which they were named. How it is written is left to
`migrator.cli.formats`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.assessments import Analysis
from migrator.domain.progress import Progress, silent
from migrator.domain.reports import Report

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache

STDIN = Path("-")
"""Stands for a document on standard input."""

_HINT = "name a folder to analyze, or what `migrator analyze PATH --json` has written"
_DEFAULT_STEM = "analysis"  # of a document's name; it says nothing of the repository


def report_of(
    paths: Sequence[Path],
    *,
    jobs: int = 0,
    knowledge: Sequence[Path] = (),
    config: Path | None = None,
    progress: Progress = silent,
    cache: AnalysisCache | None = None,
) -> Report:
    """The report of folders, `.py` files, and documents of the kinds `migrator.analysis/1` and `migrator.fleet/1`.

    Args:
        paths: what is reported on; everything that is a file and no `.py` is taken for a document.
        jobs, knowledge, config, progress, cache: as of `analyze_fleet`; they concern folders alone.

    Raises:
        InputError: a document cannot be read or is none of the two, or no folder can be analyzed.
        UsageError: see `analyze_fleet`.
    """
    from migrator.bootstrap.fleets import analyze_fleet, distinct
    from migrator.errors import InputError

    paths = distinct(paths)
    documents = {path: _read(path) for path in paths if _is_document(path)}  # a mistake shows before a long analysis
    folders = [path for path in paths if path not in documents]
    analyzed = Report(())
    if folders:
        analyzed = analyze_fleet(folders, jobs=jobs, knowledge=knowledge, config=config, progress=progress, cache=cache)
    by_root = {analysis.root: analysis for analysis in analyzed.analyses}
    taken = set(by_root)
    found: dict[str, Analysis] = {}
    for path in paths:
        if path not in documents:
            found.update({root: by_root[root] for root in (str(path),) if root in by_root})
            continue
        for analysis in documents[path].analyses:
            root = _root_of(analysis.root, path, taken, alone=len(paths) == 1)
            taken.add(root)
            found[root] = replace(analysis, root=root)
    if not found:
        raise InputError("there is no repository in it", hint=_HINT, location=", ".join(map(str, paths)))
    failed = [one for document in documents.values() for one in document.failed]
    return Report(tuple(found.values()), failed=(*failed, *analyzed.failed))


def _is_document(path: Path) -> bool:
    return path == STDIN or (path.is_file() and path.suffix != ".py")


def _root_of(root: str, path: Path, taken: Set[str], *, alone: bool) -> str:
    """What a repository from a document is called.

    Where each of many repositories is analyzed in its own folder, as in CI, all of them are `.`: there the document says
    which one it is, by its name or its folder's.
    """
    if root not in taken and (alone or root not in (".", "")):
        return root
    stem = path.with_suffix("")
    named = str(stem.parent if stem.name == _DEFAULT_STEM else stem)
    further = (f"{named} ({number})" for number in count(2))
    return next(name for name in chain((named,), further) if name not in taken)


def _read(path: Path) -> Report:
    from migrator.documents.analysis import CODEC as ANALYSIS
    from migrator.documents.fleet import CODEC as FLEET
    from migrator.errors import InputError

    source = "standard input" if path == STDIN else str(path)
    try:
        text = sys.stdin.read() if path == STDIN else path.read_text(encoding="utf-8")
        document = json.loads(text)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=source) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", hint=_HINT, location=source) from error
    except json.JSONDecodeError as error:
        at = f"{source}:{error.lineno}:{error.colno}"
        raise InputError(f"not JSON: {error.msg}", hint=_HINT, location=at) from error
    except RecursionError as error:
        raise InputError("is nested too deeply for a document of migrator", hint=_HINT, location=source) from error
    if isinstance(document, dict) and document.get("schema") == FLEET.schema:
        fleet = FLEET.load(document, source=source)
        return Report(fleet.repositories, failed=fleet.failed)
    return Report((ANALYSIS.load(document, source=source),))
