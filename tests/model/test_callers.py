"""What a caller answers for: the state that it passes, the type that it declares, and what it asks a signal."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

WRITE = {"process-state-write"}
SEND = "import smtplib\ndef mail(): smtplib.SMTP('h').send_message('m')\n"


def test_only_who_passes_a_global_has_it_changed() -> None:
    source = "d = {}\ndef fill(x): x['a'] = 1\ndef start(): fill(d)\ndef other(): fill({})\n"

    assert effects_of(source) >= WRITE
    assert not effects_of(source, "app.other")


def test_a_change_of_a_parameter_is_handed_up() -> None:
    source = "d = []\ndef add(x): x.append(1)\ndef twice(y): add(y)\ndef start(): twice(d)\ndef other(): twice([])\n"

    assert effects_of(source) >= WRITE
    assert not effects_of(source, "app.other")


def test_a_default_of_an_inner_function_is_made_anew() -> None:
    inner = "def start():\n    def f(x=[]): x.append(1)\n    f()\n"

    assert not effects_of(inner)
    assert effects_of("def start(x=[]): x.append(1)\n") == WRITE


def test_an_annotation_leaves_out_objects_of_unrelated_classes() -> None:
    source = (
        f"{SEND}class A:\n    def run(self): ...\nclass B:\n    def run(self): mail()\n"
        "def go(x{}): x.run()\ndef start(): go(A())\ndef other(): go(B())\n"
    )

    assert "email" in effects_of(source.replace("{}", ""))
    assert "email" not in effects_of(source.replace("{}", ": A"))


def test_a_protocol_is_met_by_any_class() -> None:
    source = (
        f"from typing import Protocol\n{SEND}class P(Protocol):\n    def run(self): ...\n"
        "class B:\n    def run(self): mail()\ndef start(x: P): x.run()\nstart(B())\n"
    )

    assert "email" in effects_of(source)


def test_of_objects_that_may_come_those_are_meant_that_have_the_attribute() -> None:
    source = (
        f"{SEND}class A:\n    def __init__(self): self.slug = 1\n"
        "class B:\n    def __getattr__(self, name): mail()\n"
        "def start(x): x.slug\nstart({})\nstart(B())\n"
    )

    assert "email" in effects_of(source.replace("{}", "None"))
    assert "email" not in effects_of(source.replace("{}", "A()"))


SIGNALS = {
    "django": "from django.dispatch import Signal, receiver\none = Signal()\ntwo = Signal()\n"
    "@receiver(one)\ndef first(sender, **kw): return A\n@receiver(two)\ndef second(sender, **kw): return B\n",
    "blinker": "from blinker import signal\none = signal('one')\ntwo = signal('two')\n"
    "@one.connect\ndef first(sender): return A\n@two.connect\ndef second(sender): return B\n",
}


@pytest.mark.parametrize("library", SIGNALS)
def test_a_sender_uses_what_the_receivers_of_its_signal_give(library: str) -> None:
    source = (
        f"{SEND}class A:\n    def run(self): mail()\nclass B:\n    def run(self): open('/srv/x')\n{SIGNALS[library]}"
        "def start():\n    for handler, made in one.send('x'): made().run()\n"
    )

    assert effects_of(source) == {"email"}


def test_a_signal_of_one_s_own_that_calls_its_receivers_itself() -> None:
    source = (
        f"{SEND}from django.dispatch import Signal, receiver\nclass A:\n    def run(self): mail()\n"
        "class B:\n    def run(self): open('/srv/x')\n"
        "class Own(Signal):\n    def send(self, sender, **named):\n        found = []\n"
        "        for handler in self._live_receivers(sender)[0]: found.append((handler, handler(sender)))\n"
        "        return found\none = Own()\ntwo = Own()\n"
        "@receiver(one)\ndef first(sender, **kw): return A\n@receiver(two)\ndef second(sender, **kw): return B\n"
        "def start():\n    for handler, made in one.send('x'): made().run()\n"
    )

    assert effects_of(source) == {"email"}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("from django.apps import AppConfig\nclass C(AppConfig):\n    def ready(self): fill()\n", set()),
        ("from flask import Flask\ndef make():\n    app = Flask('x')\n    fill()\n    return app\n", set()),
        ("from celery.signals import worker_init\n@worker_init.connect\ndef f(**kw): fill()\n", set()),
        ("from celery.signals import task_prerun\n@task_prerun.connect\ndef f(**kw): fill()\n", {"process-state-read"}),
    ],
    ids=["application", "factory", "worker", "each task"],
)
def test_what_the_start_of_the_process_fills_is_no_state(start: str, expected: set[str]) -> None:
    source = f"d = {{}}\ndef fill(): d['a'] = 1\n{start}def start(k): return d[k]\n"

    assert effects_of(source) == expected
