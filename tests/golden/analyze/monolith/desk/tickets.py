import sqlite3

from sqlalchemy import create_engine, text

OPEN = {}
engine = create_engine("postgresql:///desk")


def owner(ticket):
    connection = sqlite3.connect("desk.db")
    return connection.execute("select owner from tickets where id = ?", (ticket,)).fetchone()[0]


def remember(ticket, text):
    OPEN[ticket] = text


def text_of(ticket):
    return OPEN[ticket]


def forget(ticket):
    with engine.begin() as connection:
        connection.execute(text("delete from tickets where id = :id"), {"id": ticket})
        connection.commit()
