"""Invoices for customers: the link stands in the mail, the reference is hard to guess."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from shop.db import session_scope
from shop.invoices.layout import render
from shop.services.invoices import NotInvoiced, load_invoice
from shop.services.orders import find_order

bp = Blueprint("invoices", __name__)


@bp.get("/orders/<reference>/invoice.pdf")
def download(reference: str) -> Response:
    with session_scope() as session:
        order = find_order(session, reference)
        if order is None:
            abort(404)
        try:
            invoice = load_invoice(session, order)
        except NotInvoiced:
            abort(409)
    response = Response(render(invoice), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return response
