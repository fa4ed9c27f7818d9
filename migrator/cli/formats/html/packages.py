"""The code base as a tree of folders and modules, with the verdicts of the candidates that stand in each.

In: a `Report` and `Sources`. Out: a `Piece`, the root of the tree. How it is drawn is `treemap`.

A piece is as large as its code has lines. Where the files are not there, it is as large as its candidates are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from migrator.cli.formats.html.rows import VERDICTS
from migrator.cli.formats.html.sources import Sources
from migrator.cli.formats.html.texts import shown
from migrator.domain.assessments import Analysis
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.wording import count

MOST_PARTS = 120  # of one folder; the smaller ones are drawn as one


@dataclass(frozen=True, slots=True)
class Piece:
    """A folder, a module, or what is too small to stand alone.

    Attributes:
        label: what it is called within its folder.
        place: what the paths of its candidates begin with, repository first where there are several; empty for a
            piece that stands for many.
        lines: of code, at least 1.
        verdicts: number of candidates by verdict, in the order of `rows.VERDICTS`.
        parts: what it is made of, the largest first; none for a module.
    """

    label: str
    place: str
    lines: int
    verdicts: tuple[int, ...]
    parts: tuple[Piece, ...] = ()

    @property
    def candidates(self) -> int:
        """How many stand in it."""
        return sum(self.verdicts)


@dataclass
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict)
    modules: dict[str, Piece] = field(default_factory=dict)


def pieces_of(report: Report, sources: Sources) -> Piece:
    """The tree of all repositories; a repository is a folder of its own where there are several."""
    names = names_of(analysis.root for analysis in report.analyses)
    several = len(report.analyses) > 1
    roots = []
    for analysis in report.analyses:
        name = shown(names[analysis.root])
        roots.append(_repository(analysis, sources, name, f"{name}/" if several else ""))
    return roots[0] if not several else _joined(count(len(roots), "repository", "repositories"), "", roots)


def is_measured(report: Report, sources: Sources) -> bool:
    """Whether areas are lines of code, rather than lines of candidates."""
    return any(sources.sizes(analysis.root) for analysis in report.analyses)


def _repository(analysis: Analysis, sources: Sources, name: str, before: str) -> Piece:
    sizes = {shown(path): lines for path, lines in sources.sizes(analysis.root).items()}
    verdicts: dict[str, list[int]] = {}
    own: dict[str, int] = {}
    for item in analysis.candidates:
        path = shown(item.location.path)
        verdicts.setdefault(path, [0] * len(VERDICTS))[VERDICTS.index(item.verdict)] += 1
        own[path] = own.get(path, 0) + item.location.end_line - item.location.line + 1
    top = _Folder()
    nothing = (0,) * len(VERDICTS)
    for path in sorted({*sizes, *verdicts}):
        *folders, file = path.split("/")
        folder = top
        for step in folders:
            folder = folder.folders.setdefault(step, _Folder())
        lines = max(1, sizes.get(path) or own.get(path, 0))
        folder.modules[file] = Piece(file, before + path, lines, tuple(verdicts.get(path, nothing)))
    return _piece(top, name, before)


def _piece(folder: _Folder, label: str, place: str) -> Piece:
    parts = [_piece(inner, name, f"{place}{name}/") for name, inner in folder.folders.items()]
    if len(parts) == 1 and not folder.modules:  # a folder that only holds another one
        inner = parts[0]
        return Piece(
            f"{label}/{inner.label}" if label else inner.label, inner.place, inner.lines, inner.verdicts, inner.parts
        )
    with_candidates = [module for module in folder.modules.values() if module.candidates]
    others = [module for module in folder.modules.values() if not module.candidates]
    return _joined(label, place, [*parts, *with_candidates, *_as_one(others, "without a candidate")])


def _as_one(modules: Sequence[Piece], what: str) -> Iterable[Piece]:
    if len(modules) == 1:
        yield modules[0]
    elif modules:
        yield Piece(
            f"{count(len(modules), 'module')} {what}".rstrip(),
            "",
            sum(module.lines for module in modules),
            _sum(modules),
        )


def _joined(label: str, place: str, parts: Iterable[Piece]) -> Piece:
    ordered = sorted(parts, key=lambda part: (-part.lines, part.label))
    if len(ordered) > MOST_PARTS:
        small = ordered[MOST_PARTS - 1 :]
        rest = Piece(f"{len(small):,} smaller ones", "", sum(part.lines for part in small), _sum(small))
        ordered = sorted([*ordered[: MOST_PARTS - 1], rest], key=lambda part: (-part.lines, part.label))
    return Piece(label, place, max(1, sum(part.lines for part in ordered)), _sum(ordered), tuple(ordered))


def _sum(parts: Sequence[Piece]) -> tuple[int, ...]:
    return tuple(sum(part.verdicts[index] for part in parts) for index in range(len(VERDICTS)))


def said(piece: Piece, lines: str) -> str:
    """A piece in words, for who cannot see the drawing.

    Args:
        lines: what its size counts.
    """
    by_verdict: Mapping[str, int] = dict(zip((each.value for each in VERDICTS), piece.verdicts, strict=True))
    found = ", ".join(f"{number:,} {verdict}" for verdict, number in by_verdict.items() if number)
    candidates = f"{count(piece.candidates, 'candidate')} ({found})" if found else "no candidate"
    return f"{piece.place or piece.label}: {count(piece.lines, 'line')} {lines}, {candidates}"
