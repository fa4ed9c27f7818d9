"""Requests for the ready HTTP functions of the sample shop, made from what the analyzer says of their routes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from migrator.domain.triggers import Trigger
from migrator.plan import PlannedSlice
from tests.support.sample_expectations import EXPECTED

INPUTS = 200
"""Requests for each function."""

READY = sorted(name for name, entry in EXPECTED.items() if entry["verdict"] == "ready" and "http" in entry["triggers"])
"""The ready HTTP functions, as the sample itself says."""


def generated_requests(planned: PlannedSlice, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Method and encoded path of one request after the other, without end."""
    words = words_of("\n".join(planned.modules.values()))
    triggers = [registration.trigger for registration in planned.registrations]
    while True:
        trigger = dice.choice(triggers)
        yield str(dice.choice(list(trigger.detail["methods"]))), generated_path(trigger, words, dice)  # type: ignore[call-overload,arg-type]


def words_of(code: str) -> Sequence[Sequence[str]]:
    """Words that the code compares with, by the way they look: members of enumerations, codes, all others."""
    strings = " ".join(re.findall(r'"([^"\n]{1,400})"', code))
    members = sorted(set(re.findall(r'^ +[A-Z_]+ = "([^"/\n]+)"', code, re.MULTILINE)))
    codes = sorted(set(re.findall(r"\b[A-Z]{2}\b", strings)))
    keys = sorted(set(re.findall(r'"([\w-]+)":', code)))
    others = sorted(set(re.findall(r"[\w-]{1,24}", strings)))
    return [group for group in (members, codes, keys, others) if group] or [["word"]]


def generated_path(trigger: Trigger, words: Sequence[Sequence[str]], dice: random.Random) -> str:
    """A path of a route, each variable filled in; one in twelve does not fit its converter."""
    rule = str(trigger.detail["path"])
    for parameter in trigger.detail["parameters"]:  # type: ignore[union-attr]
        converter = parameter["converter"]  # type: ignore[index,call-overload]
        value = strange(dice) if dice.random() < 0.08 else fitting(str(converter), words, dice)
        rule = re.sub(r"<[^<>]*>", lambda _, value=value: quote(value, safe="/"), rule, count=1)  # type: ignore[misc]
    return rule + dice.choice(["", "", "", "", "", "", "", "/", "/x"])


def fitting(converter: str, words: Sequence[Sequence[str]], dice: random.Random) -> str:
    """Text that a converter takes."""
    kind, _, arguments = converter.partition("(")
    match kind:
        case "int":
            bounds = dict(re.findall(r"(min|max)\s*=\s*(\d+)", arguments))
            low, high = int(bounds.get("min", 0)), int(bounds.get("max", 10 ** dice.randint(1, 9)))
            return str(dice.choice([low, high, dice.randint(low, high), dice.randint(low, high)]))
        case "float":
            return f"{dice.uniform(0, 10 ** dice.randint(0, 3)):.{dice.randint(1, 4)}f}"
        case "any":
            return dice.choice([item.strip(" )'\"") for item in arguments.split(",")])
        case "uuid":
            digits = f"{dice.getrandbits(128):032x}"
            version = dice.choice(["4", "4", "4", digits[12]])
            text = f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{dice.choice('89ab')}{digits[17:20]}-{digits[20:]}"
            return dice.choice([text, text, text.upper()])
        case "path":
            return "/".join(fitting("default", words, dice) for _ in range(dice.randint(1, 4)))
        case "string" if found := re.search(r"length\s*=\s*(\d+)", arguments):
            return "".join(dice.choice("0123456789") for _ in range(int(found[1])))
        case _:
            day = f"{dice.randint(1995, 2105)}-{dice.randint(1, 12):02}-{dice.randint(1, 31):02}"
            digits = "".join(dice.choice("0123456789") for _ in range(dice.randint(1, 14)))
            word = dice.choice(dice.choice(words))
            return dice.choice([*[word] * 8, word.lower(), word.upper(), day, day, day, digits, word + digits])


def strange(dice: random.Random) -> str:
    """Text that nobody expects; never empty and never with a slash."""
    return dice.choice(
        ["Ünïcode ✓", "a b", "%41", "0", "-1", "1e5", "٣", "a;b", '"quoted"', "<b>", "x" * 300, "a\\b", "+", "😀"]
    )
