"""Functions that are read once for each place that calls them, so that their callers are not mixed up."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

PREFIX = """
import smtplib
class Mail:
    def go(self): smtplib.SMTP('h').send_message('m')
class Quiet:
    def go(self): ...
{helper}
def start():
    for one in helper([Quiet()]): one.go()
def other():
    for one in helper([Mail()]): one.go()
"""

HELPERS = {
    "a loop that appends": "def helper(items):\n    kept = []\n    for item in items: kept.append(item)\n    return kept",
    "a comprehension": "def helper(items): return [item for item in items if item]",
    "a dict by key": "def helper(items):\n    by = {i.name: i for i in items}\n    return by.values()",
    "a generator": "def helper(items):\n    for item in items: yield item",
    "pairs": "def helper(items):\n    pairs = []\n    for i in items: pairs.append((1, i))\n    return [i for _, i in pairs]",
    "items set": "def helper(items):\n    by = {}\n    for i in items: by[i.key] = i\n    return by.values()",
    "one on another": (
        "def inner(items): return [i for i in items]\n"
        "def helper(items):\n    found = inner(items)\n    return [i for i in found]"
    ),
}


@pytest.mark.parametrize("name", HELPERS)
def test_callers_of_a_helper_get_back_what_they_gave(name: str) -> None:
    source = PREFIX.format(helper=HELPERS[name])

    assert effects_of(source) == set()
    assert effects_of(source, "app.other") == {"email"}


def test_what_a_helper_does_itself_is_done_for_each_caller() -> None:
    helper = "def helper(items):\n    open('/data/x', 'w').write('y')\n    return [item for item in items]"

    assert effects_of(PREFIX.format(helper=helper)) == {"local-disk-write"}


def test_items_of_a_global_are_everybodys() -> None:
    helper = "KEPT = []\ndef helper(items):\n    for item in items: KEPT.append(item)\n    return [i for i in KEPT]"

    assert "email" in effects_of(PREFIX.format(helper=helper))


def test_a_helper_that_calls_itself_is_followed() -> None:
    helper = "def helper(items):\n    if len(items) > 9: return helper(items[1:])\n    return [item for item in items]"

    assert "email" in effects_of(PREFIX.format(helper=helper), "app.other")


@pytest.mark.parametrize(
    "decorator",
    [
        "def keep(cls):\n    ALL[cls.name] = cls\n    return cls",
        "def keep(cls):\n    def inner(): ...\n    ALL[cls.name] = cls\n    return cls",
        "def make(tag):\n    def inner(cls):\n        ALL[tag] = cls\n        return cls\n    return inner\nkeep = make('x')",
    ],
)
def test_a_decorator_that_gives_a_class_back_gives_back_that_class(decorator: str) -> None:
    source = (
        f"import smtplib\nALL = {{}}\n{decorator}\n"
        "@keep\nclass Mail:\n    def go(self): smtplib.SMTP('h').send_message('m')\n"
        "@keep\nclass Quiet:\n    def go(self): ...\n"
        "class Child(Quiet): ...\n"
        "def start(): Quiet().go(); Child().go()\ndef other(): Mail().go()\n"
        "def listed():\n    for cls in ALL.values(): cls().go()\n"
    )

    assert effects_of(source) == set()
    assert effects_of(source, "app.other") == {"email"}
    assert effects_of(source, "app.listed") == {"email"}


def test_a_registry_that_is_only_filled_while_modules_are_imported_is_no_state() -> None:
    source = (
        "from celery import shared_task\n"
        "KINDS = {}\ndef register(name, make, hidden=False):\n    if not hidden:\n        KINDS[name] = make\n"
        "def build(): ...\nregister('a', build)\nregister('b', build, True)\n"
        "@shared_task\ndef start(kind): return KINDS[kind]\n"
    )

    assert effects_of(source) == set()
    assert "process-state-write" in effects_of(source.replace("return KINDS[kind]", "register(kind, build)"))
