"""What an object holds under a relationship of SQLAlchemy, and what reading it does."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

MODELS = """
import smtplib
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, relationship
db = SQLAlchemy()
class Base(DeclarativeBase): ...
def mail(): smtplib.SMTP('h').send_message('m')
class Customer(db.Model):
    name = db.Column(db.String)
    orders = db.relationship("Order", back_populates="customer")
    log = db.relationship(lambda: Order, lazy="dynamic")
    def tell(self): mail()
class Order(db.Model):
    customer = db.relationship("Customer", backref="orders_in_return")
    payer = db.relationship("Customer", backref=db.backref("paid", lazy=True))
    def tell(self): mail()
class Row(Base):
    owner: Mapped["Customer"] = relationship()
def to_one(order: Order): order.customer.tell()
def to_many(customer: Customer):
    for order in customer.orders: order.tell()
def dynamic(customer: Customer):
    for order in customer.log.filter_by(x=1): order.tell()
def in_return(customer: Customer):
    for order in customer.orders_in_return: order.tell()
def in_return_by_call(customer: Customer):
    for order in customer.paid: order.tell()
def mapped(row: Row): row.owner.tell()
def emptied(customer: Customer): customer.orders_in_return.clear()
def column(customer: Customer): return customer.name
"""


@pytest.mark.parametrize("name", ["to_one", "to_many", "dynamic", "in_return", "in_return_by_call", "mapped"])
def test_related_rows_are_followed(name: str) -> None:
    assert effects_of(MODELS, f"app.{name}") >= {"email"}


@pytest.mark.parametrize("name", ["to_one", "to_many", "dynamic", "in_return", "emptied"])
def test_related_rows_are_loaded(name: str) -> None:
    assert effects_of(MODELS, f"app.{name}") >= {"database"}


def test_a_column_is_there_already() -> None:
    assert not effects_of(MODELS, "app.column")
