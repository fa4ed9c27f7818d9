"""Objects that are keys of a dictionary: what is done with them later is done, wherever they come back."""

from __future__ import annotations

import pytest

from tests.support.programs import model_of

MAIL = """
import smtplib

def mail():
    smtplib.SMTP("h").sendmail("a", "b", "c")

class Order:
    def save(self):
        mail()

def start(given):
    {body}
"""
SENT = [
    "for key, value in {mail: 1}.items():\n        key()",
    "held = {}\n    held[mail] = 1\n    for key, value in held.items():\n        key()",
    "held = {}\n    held.setdefault(mail, []).append(1)\n    for key, value in held.items():\n        key()",
    "for pair in {mail: 1}.items():\n        pair[0]()",
    "[key() for key, value in sorted({mail: 1}.items())]",
    "held = {Order(): [1]}\n    for key, value in held.items():\n        key.save()",
    "held = {}\n    held[Order] = 1\n    for key, value in held.items():\n        key().save()",
]
UNKNOWN = [
    "for key in {mail: 1}:\n        key()",
    "for key in {mail: 1}.keys():\n        key()",
    "held = {given: [1]}\n    for key, value in held.items():\n        key.save()",
    "{'a': 1}['a']()",
]
HARMLESS = [
    "for key, value in {'a': 1}.items():\n        key.upper()",
    "held = {}\n    held['a'] = given\n    for key, value in held.items():\n        print(key)",
    "call = None\n    if call:\n        call()",
]


@pytest.mark.parametrize("body", SENT)
def test_a_key_that_is_called_does_what_it_does(body: str) -> None:
    summary = model_of(MAIL.replace("{body}", body)).summary("app.start")
    assert "email" in {finding.effect.value for finding in summary.effects}


@pytest.mark.parametrize("body", UNKNOWN)
def test_a_key_of_which_nothing_is_known_leaves_the_call_open(body: str) -> None:
    assert model_of(MAIL.replace("{body}", body)).summary("app.start").unresolved


@pytest.mark.parametrize("body", HARMLESS)
def test_texts_that_are_keys_are_data(body: str) -> None:
    summary = model_of(MAIL.replace("{body}", body)).summary("app.start")
    assert all(call.harmless_because for call in summary.unresolved)
    assert not summary.effects
