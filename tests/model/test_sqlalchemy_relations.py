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


MIXED = """
import smtplib
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.declarative import declared_attr
db = SQLAlchemy()
class Person(db.Model):
    name = db.Column(db.String)
    def tell(self): smtplib.SMTP('h').send_message('m')
    def __contains__(self, item): self.tell()
class Kind:
    def tell(self): smtplib.SMTP('h').send_message('m')
class Named:
    @declared_attr
    def title(cls): return db.Column(db.String)
    @declared_attr
    def owner(cls): return db.relationship("Person")
class Item(Named, db.Model):
    label = db.Column(db.String)
    data = db.Column(db.JSON)
    loose = None
    def __init__(self, values):
        for key, value in values.items(): setattr(self, key, value)
def fill(item: Item):
    item.label = Person()
    item.title = Person()
    item.data = {"by": [Person()]}
    item.loose = Person()
    item.kind = Kind
def label(item: Item): return "x" in item.label
def title(item: Item): return "x" in item.title
def data(item: Item):
    for one in item.data["by"]: one.tell()
def loose(item: Item): item.loose.tell()
def kind(item: Item): item.kind().tell()
def declared(item: Item): item.owner.tell()
"""


@pytest.mark.parametrize("name", ["label", "data", "kind"])
def test_a_column_holds_data_whatever_has_been_stored_in_it(name: str) -> None:
    assert "email" not in effects_of(MIXED, f"app.{name}")


@pytest.mark.parametrize("name", ["loose", "declared"])
def test_what_is_no_column_holds_rows(name: str) -> None:
    assert "email" in effects_of(MIXED, f"app.{name}")


def test_a_relation_that_a_mixin_declares_for_its_classes_is_no_state_of_the_process() -> None:
    source = MIXED + "def set(item: Item): item.owner.name = 1\ndef start(item: Item): return item.owner.name\n"

    assert not effects_of(source) & {"process-state-read", "process-state-write"}
    assert "process-state-write" not in effects_of(source, "app.set")


def test_what_is_stored_under_a_relation_is_a_row() -> None:
    source = (
        "import smtplib\nfrom django.db import models\n"
        "class Person(models.Model):\n    def tell(self): smtplib.SMTP('h').send_message('m')\n"
        "class Order(models.Model):\n    owner = models.ForeignKey(unknown())\n    label = models.TextField()\n"
        "def fill(order: Order):\n    order.owner = Person()\n    order.label = Person()\n"
        "def owner(order: Order): order.owner.tell()\ndef label(order: Order): order.label.tell()\n"
    )

    assert "email" in effects_of(source, "app.owner")
    assert "email" not in effects_of(source, "app.label")
