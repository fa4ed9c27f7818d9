"""Which settings of a slice are credentials.

In: what the slice reads from outside (`settings_read`), its code. Out: `Secret` values, each with its reason.

The rule: a setting is a credential where a part of its name (cut at `_`, `-`, `.` and where a small letter is followed
by a capital) is one of `WORDS`, or two neighboring parts are one of `PAIRS`; where it holds an address with a user
and a password (`..._DSN`, `DATABASE_URL` and their like); and where its value is handed to a library as an argument
of a name in `ARGUMENTS`. By its name it is none where the last part says that it is about a credential (`..._TTL`,
`..._HEADER`), or the first one that it is a choice (`HIDE_...`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from migrator.domain.plans import Secret
from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.outside.settings_read import SettingRead
from migrator.plan.slicing.carried import Carried

WORDS = frozenset(
    [
        "apikey",
        "credential",
        "credentials",
        "dsn",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "salt",
        "secret",
        "secrets",
        "token",
    ]
)
PAIRS = frozenset(
    [
        ("access", "key"),
        ("account", "key"),
        ("api", "key"),
        ("auth", "key"),
        ("broker", "url"),
        ("client", "key"),
        ("database", "url"),
        ("db", "url"),
        ("encryption", "key"),
        ("license", "key"),
        ("mongo", "url"),
        ("private", "key"),
        ("redis", "url"),
        ("service", "key"),
        ("shared", "key"),
        ("signing", "key"),
        ("webhook", "url"),
    ]
)
# What a name ends in that is only about a credential.
_ABOUT = frozenset(
    [
        "age",
        "algorithm",
        "backend",
        "class",
        "days",
        "enabled",
        "expiry",
        "field",
        "file",
        "hashers",
        "header",
        "hours",
        "length",
        "lifetime",
        "max",
        "min",
        "minutes",
        "model",
        "name",
        "param",
        "path",
        "prefix",
        "reset",
        "seconds",
        "timeout",
        "ttl",
        "url",
        "valid",
        "validators",
    ]
)
# What the name of a choice begins with, such as HIDE_CREDENTIALS.
_CHOICES = frozenset(["allow", "disable", "enable", "hide", "require", "show", "use"])
ARGUMENTS = frozenset(
    [
        "access_token",
        "api_key",
        "api_token",
        "apikey",
        "auth_token",
        "aws_secret_access_key",
        "aws_session_token",
        "bearer_token",
        "client_secret",
        "passphrase",
        "passwd",
        "password",
        "private_key",
        "refresh_token",
        "secret",
        "secret_key",
        "token",
        "webhook_secret",
    ]
)
_CALLS: Mapping[str, int] = {"hmac.new": 0, "hmac.digest": 0, "itsdangerous.URLSafeTimedSerializer": 0}
# What a module that hands a credential on has in it.
_TOLD = (*(f"{word}=" for word in ARGUMENTS), *(called.partition(".")[0] for called in _CALLS))
# What Parameter Store and Secrets Manager both take in a name ("PutParameter", "CreateSecret", read 2026-11), without `/`.
# The name also stands in a command that a person types; any other text is a setting that nothing can be deployed for.
_FIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def secrets_of(read: Iterable[SettingRead], carried: Mapping[str, Carried]) -> tuple[Secret, ...]:
    """The credentials among what is read, by name."""
    read = tuple(read)
    found: dict[str, Secret] = {}
    for reading in read:
        name = reading.setting.name
        if name not in found and (reason := _by_name(name)):
            found[name] = Secret(name, reading.setting.location, reason)
    by_value = _names_of_values(read, carried)
    by_node = {id(reading.node): reading.setting.name for reading in read}
    for each in carried.values():
        if not any(word in each.file.text for word in _TOLD):
            continue
        for call, argument, node in each.imports.once(_credentials, each.file.name):
            name = _setting(node, each, by_node, by_value) if each.holds(call) else ""
            if name and name not in found:
                found[name] = Secret(name, each.at(call), f"is handed on as {argument}")
    return tuple(found[name] for name in sorted(found) if _FIT.fullmatch(name))


def _by_name(name: str) -> str:
    parts = [part.lower() for part in _PART.findall(name)]
    for pair in pairwise(parts):
        if pair in PAIRS and parts[-1] not in _ABOUT - {pair[1]}:
            return f"its name has the words {' '.join(pair)}"
    if not parts or parts[-1] in _ABOUT or parts[0] in _CHOICES:
        return ""
    for part in parts:
        if part in WORDS:
            return f"its name has the word {part}"
    return ""


def _names_of_values(read: Iterable[SettingRead], carried: Mapping[str, Carried]) -> Mapping[str, str]:
    """Absolute name of a constant to the setting that its value is read from."""
    found: dict[str, str] = {}
    settings = {id(reading.node): reading.setting.name for reading in read}
    for module in dict.fromkeys(reading.module for reading in read if reading.module in carried):
        for statement in carried[module].statements():
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    for inner in ast.walk(value):
                        if id(inner) in settings:
                            found.setdefault(f"{module}.{name}", settings[id(inner)])
    return found


def _credentials(imports: ImportTree, module: str) -> Sequence[tuple[ast.Call, str, ast.expr]]:
    """Calls of a module that hand a credential on, each with its argument, in the order of the text."""
    names, file = imports.names(module), imports.tree.modules[module]
    found: list[tuple[ast.Call, str, ast.expr]] = []
    for call in imports.nodes(module)[ast.Call]:
        assert isinstance(call, ast.Call)
        called = absolute_name(call.func, names, file) or "a call"
        for word in call.keywords:
            if word.arg is not None and word.arg.lower() in ARGUMENTS:
                found.append((call, f"{word.arg} of {called}", word.value))
        position = _CALLS.get(called)
        if position is not None and len(call.args) > position:
            found.append((call, f"the key of {called}", call.args[position]))
    return sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def _setting(node: ast.expr, carried: Carried, by_node: Mapping[int, str], by_value: Mapping[str, str]) -> str:
    """The setting that an argument's value is read from; what is done to it on the way does not matter."""
    for inner in ast.walk(node):
        if id(inner) in by_node:
            return by_node[id(inner)]
        if isinstance(inner, ast.Name | ast.Attribute):
            name = by_value.get(absolute_name(inner, carried.names, carried.file))
            if name:
                return name
    return ""
