"""How much work a candidate does that is worth a home of its own, in points.

In: effects with evidence, and how much code is reached. Out: `Work`: points, and the crafts that the libraries stand
for. What the points are worth beside the risk of the move is `migrator.verdicts.ranking`'s business.

A point is one plain job outside of the process: an e-mail, a call of another service. Points are added up from

- effects that reach the outside (`OUTSIDE`);
- the foremost craft whose library is called (`CRAFTS`), for what computes rather than talks;
- code: n / (n + 100) for n lines reached beyond the first three of each function. Lines alone never make a full
  point, since much code says less than one e-mail.

What lies deep counts less, since it is the less what the candidate is there for: d functions on the way, the
candidate included, leave 4 / (d + 3), so half is left of what a helper's helper's helper's helper does.

The numbers order peers; no measurement stands behind them. They were chosen by reading the ten best of six
applications that others have written and asking of each whether one would move it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.domain.assessments import Reach
from migrator.domain.effects import Effect, EffectFinding

OUTSIDE: Mapping[Effect, float] = {
    Effect.EMAIL: 1.0,
    Effect.HTTP_OUT: 1.0,
    Effect.OBJECT_STORAGE: 1.0,
    Effect.SUBPROCESS: 1.0,
    Effect.TEMP_DISK: 0.3,  # files are made or unpacked on the way to something else
    Effect.DATABASE: 0.3,  # nearly everything uses it; by itself it is work for the database
    Effect.ENQUEUE: 0.1,  # somebody else does the work
    Effect.CACHE: 0.1,
}
"""Effects by which somebody outside of the process is served. What stays in the process is no work for another home."""


@dataclass(frozen=True, slots=True)
class Craft:
    """What libraries are called for.

    Attributes:
        does: in a sentence: "a job that ...".
        points: what it is worth.
        libraries: top-level modules.
    """

    does: str
    points: float
    libraries: frozenset[str]


def _craft(does: str, points: float, libraries: str) -> Craft:
    return Craft(does, points, frozenset(libraries.split()))


CRAFTS: tuple[Craft, ...] = (
    # Bursts of processor time and native packages: what weighs on a web server, and stands well alone.
    _craft("makes PDF files", 0.7, "reportlab weasyprint fpdf xhtml2pdf pdfkit borb rml"),
    _craft("reads PDF files", 0.7, "pypdf PyPDF2 PyPDF3 pikepdf pdfplumber pdfminer fitz"),
    _craft("works on images", 0.7, "PIL cv2 wand skimage imageio cairosvg pytesseract tesserocr"),
    _craft("works on sound or video", 0.7, "ffmpeg moviepy pydub av mutagen"),
    _craft("works on spreadsheets", 0.7, "openpyxl xlsxwriter xlrd xlwt odf pyexcel tablib"),
    _craft("works on text documents", 0.7, "docx docxtpl pptx odfdo"),
    _craft("draws charts", 0.7, "matplotlib plotly bokeh altair seaborn pygal"),
    _craft("draws codes to scan", 0.7, "qrcode barcode segno treepoem pyqrcode"),
    _craft(
        "applies a model", 0.7, "sklearn torch tensorflow keras onnxruntime xgboost lightgbm transformers spacy nltk"
    ),
    _craft("computes with arrays and tables", 0.7, "numpy pandas scipy polars pyarrow numba statsmodels networkx"),
    # Computing that a route does on the side.
    _craft("packs or unpacks archives", 0.3, "zipfile tarfile py7zr rarfile"),
    _craft("reads or writes CSV", 0.3, "csv defusedcsv unicodecsv"),
    _craft("reads or writes XML or HTML", 0.3, "lxml xml defusedxml bs4 html5lib xmltodict"),
    _craft("reads or writes calendars", 0.3, "icalendar vobject ics"),
    _craft(
        "renders or cleans markup", 0.3, "markdown markdown2 mistune mistletoe docutils bleach nh3 css_inline premailer"
    ),
    _craft("encrypts or signs", 0.2, "cryptography Crypto Cryptodome nacl OpenSSL gnupg"),
)
"""Foremost first. The names are those of the libraries, whoever uses them."""

_FADES = 4  # functions on the way after which half is left, less one
_HEAD_LINES = 3  # a `def`, a line that does something, a return: no code to speak of
_MUCH_CODE = 100  # lines worth half a point


@dataclass(frozen=True, slots=True)
class Work:
    """What a candidate does.

    Attributes:
        points: 0 or more.
        crafts: those whose libraries it calls, foremost first.
    """

    points: float
    crafts: tuple[Craft, ...] = ()


def work_of(effects: Sequence[EffectFinding], reach: Reach) -> Work:
    """The work of a candidate that runs that much code and causes these effects."""
    outside = sum(OUTSIDE.get(finding.effect, 0.0) * _nearness(_steps(finding)) for finding in effects)
    crafts = crafts_of(reach)
    best = max((craft.points * _nearness(_steps_to(craft, reach)) for craft in crafts), default=0.0)
    lines = max(0, reach.lines - _HEAD_LINES * reach.functions)
    return Work(outside + best + lines / (lines + _MUCH_CODE), crafts)


def crafts_of(reach: Reach) -> tuple[Craft, ...]:
    """The crafts whose libraries are called, foremost first."""
    return tuple(craft for craft in CRAFTS if craft.libraries & reach.libraries.keys())


def _steps(finding: EffectFinding) -> int:
    return min((len(evidence.chain) for evidence in finding.evidence), default=1)


def _steps_to(craft: Craft, reach: Reach) -> int:
    return min(steps for name, steps in reach.libraries.items() if name in craft.libraries)


def _nearness(steps: int) -> float:
    """1 for what the candidate does itself."""
    return _FADES / (_FADES + max(steps, 1) - 1)
