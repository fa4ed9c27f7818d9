"""Baselines on the disk, and a report compared with one.

In: a file, a `Report`. Out: the report with its changes and its history; the file written anew. What counts as a change
is `migrator.verdicts.changes`', what is kept `migrator.verdicts.baselines`'.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import InputError

if TYPE_CHECKING:
    from migrator.domain.assessments import Analysis
    from migrator.domain.reports import Baseline, Baselines, Report

_ANALYSIS, _FLEET = "migrator.analysis/1", "migrator.fleet/1"


def read_baselines(path: Path, roots: Sequence[str] = ()) -> Baselines:
    """What a file keeps: a baseline, or a kept analysis of one repository or several, which has no history.

    Args:
        roots: of this run, for the hint how to write the file.

    Raises:
        InputError: it is not there, cannot be read, or is another document.
    """
    import json

    from migrator.documents import analysis, baseline
    from migrator.domain.reports import Baselines

    again = shlex.join(["migrator", "analyze", *(roots or ["PATH"]), "--baseline", str(path), "--write-baseline"])
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = f"write the first one: {again}"
        raise InputError("there is no baseline here", hint=hint, location=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the baseline cannot be read: {error}", location=str(path)) from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        merged = any(line.startswith("<<<<<<< ") for line in text.splitlines())
        said = "has the marks of a merge conflict in it" if merged else f"is not JSON: {error}"
        hint = f"write it anew: take either side whole, then {again}" if merged else ""
        raise InputError(f"the baseline {said}", hint=hint, location=str(path)) from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == _ANALYSIS:
        return _kept([analysis.CODEC.load(document, source=str(path))])
    if schema == _FLEET:
        from migrator.documents import fleet

        return _kept(fleet.CODEC.load(document, source=str(path)).repositories)
    if schema != baseline.CODEC.schema:
        said = f"a {schema} document" if isinstance(schema, str) else "no document of this program"
        wanted = f"expected {baseline.CODEC.schema}, {_ANALYSIS} or {_FLEET}"
        raise InputError(f"this is {said}: {wanted}", hint=f"write a baseline: {again}", location=str(path))
    found = baseline.CODEC.load(document, source=str(path))
    return Baselines(found.repositories, found.version)


def compared(report: Report, baselines: Baselines) -> Report:
    """The report with its changes against the baselines and their history, which ends with the figures of now.

    A repository that none of them knows is new as a whole (see `unknown`).
    """
    from migrator.verdicts.baselines import continued, summed, totals_of
    from migrator.verdicts.changes import changes_between, in_order

    at = _now()
    matched = _matched(report.analyses, baselines)
    changes = [change for item in report.analyses for change in changes_between(matched[item.root], item)]
    histories = []
    for item in report.analyses:
        known = matched[item.root]
        totals = totals_of(item, at, _commit(Path(item.root)))
        histories.append(continued(known.history if known is not None else (), totals))
    before = {root: baseline for root, baseline in matched.items() if baseline is not None}
    return replace(report, changes=in_order(changes), history=summed(histories), before=before)


def unknown(report: Report, baselines: Baselines) -> tuple[str, ...]:
    """Roots of repositories that the baselines say nothing of."""
    matched = _matched(report.analyses, baselines)
    return tuple(root for root, baseline in matched.items() if baseline is None)


def write_baselines(path: Path, report: Report, before: Baselines | None) -> bool:
    """Write what is known now, as a whole or not at all; whether the file is another one than before.

    Repositories that are not part of the report stay as they are.

    Args:
        before: what the file keeps; None where it is not there yet.

    Raises:
        InputError: it cannot be written, or is a kept analysis, which is not replaced by a baseline.
    """
    from migrator import __version__
    from migrator.documents.baseline import CODEC
    from migrator.domain.reports import Baselines
    from migrator.replacing import replace_file

    _require_baseline(path)
    kept = before if before is not None else Baselines(())
    matched = _matched(report.analyses, kept)
    at = _now()
    renewed = [_renewed(item, at, matched[item.root], name) for item, name in _named(report.analyses).values()]
    taken = {id(baseline) for baseline in matched.values()}
    others = [baseline for baseline in kept.repositories if id(baseline) not in taken]
    repositories = tuple(sorted([*renewed, *others], key=lambda baseline: baseline.root))
    text = CODEC.dump_text(Baselines(repositories, __version__))
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return False
        replace_file(path, text.encode())
    except OSError as error:
        raise InputError(f"the baseline cannot be written: {error.strerror or error}", location=str(path)) from error
    return True


def _kept(analyses: Sequence[Analysis]) -> Baselines:
    from migrator.domain.reports import Baselines
    from migrator.verdicts.baselines import baseline_of

    named = _named(analyses)
    return Baselines(tuple(replace(baseline_of(item, "", "", root=name), history=()) for item, name in named.values()))


def _require_baseline(path: Path) -> None:
    """Raises InputError for any other document: a kept analysis says more than a baseline, and is not written over."""
    import json

    from migrator.documents.baseline import CODEC

    if not path.exists():
        return
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("schema") != CODEC.schema:
        raise InputError(
            "this is no baseline, and is not written over", hint="give --baseline another name", location=str(path)
        )


def _renewed(analysis: Analysis, at: str, before: Baseline | None, name: str) -> Baseline:
    from migrator.verdicts.baselines import baseline_of

    return baseline_of(analysis, at, _commit(Path(analysis.root)), before, root=name)


def _matched(analyses: Sequence[Analysis], baselines: Baselines) -> Mapping[str, Baseline | None]:
    from migrator.verdicts.baselines import for_root

    only = len(analyses) == 1
    return {item.root: for_root(baselines.repositories, str(Path(item.root).resolve()), only=only) for item in analyses}


def _named(analyses: Sequence[Analysis]) -> Mapping[str, tuple[Analysis, str]]:
    """Each analysis by its root, with what its repository is called wherever it is called from."""
    from migrator.domain.repositories import names_of

    whole = {item.root: str(Path(item.root).resolve()) for item in analyses}
    names = names_of(whole.values())
    return {item.root: (item, Path(names[whole[item.root]]).as_posix()) for item in analyses}


def _commit(root: Path) -> str:
    """The commit that is checked out there; an empty string outside of a repository, or where git cannot say.

    What is known from a document alone need not lie here.
    """
    from migrator.adapters.repositories import open_repository
    from migrator.errors import MigratorError

    if not root.exists():
        return ""
    try:
        return open_repository(root if root.is_dir() else root.parent).commit_of("HEAD") or ""
    except MigratorError:
        return ""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
