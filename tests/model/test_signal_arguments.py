"""What the receivers of a signal are given."""

from __future__ import annotations

from tests.support.programs import effects_of

SEND = "import smtplib\nclass Order:\n    def tell(self): smtplib.SMTP('h').send_message('m')\n"
MODEL = "import smtplib\nfrom django.db import models\n{}class Order(models.Model):\n    def tell(self): smtplib.SMTP('h').send_message('m')\n"


def test_a_sender_gives_its_arguments_to_the_receivers() -> None:
    source = (
        f"from blinker import signal\n{SEND}placed = signal('placed')\nother = signal('other')\n"
        "@placed.connect\ndef start(sender, order=None, **kwargs): order.tell()\n"
        "@placed.connect\ndef first(sender, **kwargs): sender.tell()\n"
        "@other.connect\ndef none(sender, order=None): order.tell()\n"
        "def place(): placed.send(Order(), order=Order())\n"
    )

    assert "email" in effects_of(source)
    assert "email" in effects_of(source, "app.first")
    assert "email" not in effects_of(source, "app.none")


def test_a_receiver_of_a_model_gets_rows_of_it() -> None:
    source = (
        MODEL.format("from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n")
        + "@receiver(post_save, sender=Order)\ndef start(sender, instance, **kwargs): instance.tell()\n"
    )

    assert "email" in effects_of(source)
    assert "email" not in effects_of(source.replace(", sender=Order", ""))


def test_a_signal_of_ones_own_gives_no_rows() -> None:
    source = (
        MODEL.format("from django.dispatch import Signal, receiver\nplaced = Signal()\n")
        + "@receiver(placed, sender=Order)\ndef start(sender, instance, **kwargs): instance.tell()\n"
    )

    assert "email" not in effects_of(source)
    assert "email" in effects_of(f"{source}def place(): placed.send(Order, instance=Order())\n")
