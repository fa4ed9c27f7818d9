import os

from flask import Blueprint, request

from desk import jobs, settings, tickets

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.post("/tickets/<int:ticket>")
def open_ticket(ticket):
    tickets.remember(ticket, request.get_json()["text"])
    jobs.remind.delay(ticket)
    return {"ticket": ticket}


@bp.get("/tickets/<int:ticket>")
def show(ticket):
    with open(os.path.join(settings.INBOX, f"{ticket}.txt")) as file:
        return {"text": tickets.text_of(ticket), "mail": file.read()}


@bp.get("/priority/<int:age>")
def priority(age):
    return {"priority": "high" if age > 7 else "low"}


@bp.get("/plugin")
def plugin():
    return __import__(os.environ["DESK_PLUGIN"]).run()
