"""Barcode labels in ZPL, for the printers in the warehouse and at the resellers'."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.views import MethodView

from shop.common.checkdigits import ean13

bp = Blueprint("labels", __name__, url_prefix="/api/labels")

LINE_WIDTH = 28


def wrap(text: str, width: int = LINE_WIDTH) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word[:width])
    return lines[:3]


def zpl(digits: str, caption: str) -> str:
    code = digits + str(ean13(digits))
    # ^ and ~ start a command, a caption must not
    lines = wrap(caption.replace("^", " ").replace("~", " "))
    fields = [f"^FO40,{30 + 34 * row}^A0N,28^FD{line}^FS" for row, line in enumerate(lines)]
    return "\n".join(["^XA", *fields, f"^FO40,140^BEN,90,Y,N^FD{code}^FS", "^XZ", ""])


class BarcodeLabel(MethodView):
    # captions contain slashes ("tent, 2/3 persons"), hence the path converter
    def get(self, digits: str, caption: str) -> Response:
        if not (digits.isascii() and digits.isdigit()):
            return Response("twelve digits, please\n", status=422, mimetype="text/plain")
        return Response(zpl(digits, caption), mimetype="text/plain")


bp.add_url_rule(
    "/<string(length=12):digits>/<path:caption>",
    view_func=BarcodeLabel.as_view("barcode_label"),
)
