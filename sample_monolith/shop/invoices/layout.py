"""From an invoice to a PDF. Needs nothing but the fonts and texts next to this file."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from shop.invoices.model import Invoice

HERE = Path(__file__).parent
WIDTHS = (26, 84, 16, 26, 28)
ROW = 7


def texts_for(language: str) -> dict[str, Any]:
    return json.loads((HERE / "texts" / f"{language}.json").read_text(encoding="utf-8"))


class InvoicePage(FPDF):
    """A4 with our letterhead; the base class calls header() and footer() on every page."""

    def __init__(self, texts: dict[str, Any]) -> None:
        super().__init__(format="A4")
        self.texts = texts
        self.add_font("Vera", "", HERE / "fonts" / "Vera.ttf")
        self.add_font("Vera", "B", HERE / "fonts" / "VeraBd.ttf")
        self.set_auto_page_break(True, margin=25)

    def header(self) -> None:
        self.set_font("Vera", "B", 14)
        self.cell(0, 10, "Nordlicht Outdoor", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(6)

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font("Vera", "", 7)
        self.cell(0, 5, self.texts["footer"], align="C")

    def row(self, values: tuple[str, ...], style: str = "") -> None:
        self.set_font("Vera", style, 9)
        for index, (width, value) in enumerate(zip(WIDTHS, values)):
            self.cell(width, ROW, value[:44], border="B", align="L" if index < 2 else "R")
        self.ln(ROW)

    def sum(self, label: str, value: str, style: str = "") -> None:
        self.set_font("Vera", style, 10)
        self.cell(sum(WIDTHS[:-1]), ROW, label, align="R")
        self.cell(WIDTHS[-1], ROW, value, align="R")
        self.ln(ROW)


def render(invoice: Invoice) -> bytes:
    texts = texts_for(invoice.language)
    page = InvoicePage(texts)
    # not the time of printing: the same invoice must come out the same, byte for byte
    page.set_creation_date(invoice.issued.replace(tzinfo=UTC))
    page.set_title(f"{texts['title']} {invoice.number}")
    page.add_page()

    page.set_font("Vera", "", 10)
    page.cell(0, ROW, f"{invoice.recipient} ({invoice.country})")
    page.ln(ROW * 2)
    page.set_font("Vera", "B", 16)
    page.cell(0, 10, texts["title"])
    page.ln(12)
    page.set_font("Vera", "", 10)
    page.cell(0, ROW, f"{texts['number']}: {invoice.number}")
    page.ln(ROW)
    page.cell(0, ROW, f"{texts['date']}: {invoice.day.strftime(texts['date_format'])}")
    page.ln(ROW * 2)

    page.row(tuple(texts["columns"]), style="B")
    for line in invoice.lines:
        page.row((line.sku, line.name, str(line.quantity), line.unit, line.total))
    page.ln(ROW)
    page.sum(texts["net"], invoice.net)
    page.sum(texts["tax"], invoice.tax)
    page.sum(texts["total"], invoice.total, style="B")
    return bytes(page.output())
