"""What small programs ask of the SDK, in short: one line a call."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.sdk_calls import PartKind, SdkUse, Text
from tests.support.programs import model_of

_SIGNS = {PartKind.LITERAL: "{}", PartKind.SETTING: "${{{}}}", PartKind.RUNTIME: "<>"}


def use_of(sources: Mapping[str, str] | str, name: str = "app.start") -> SdkUse:
    """What a function asks of the SDK, with all modules of the program imported.

    Args:
        sources: a text is cut into modules at lines such as `# shop.storage`.
    """
    modules = modules_of(sources) if isinstance(sources, str) else dict(sources)
    return model_of(modules).sdk_use(name, dict.fromkeys(modules))


def modules_of(text: str) -> dict[str, str]:
    """The modules of a program that is written as one text."""
    found: dict[str, list[str]] = {}
    current = "app"
    for line in textwrap.dedent(text).strip("\n").splitlines():
        if line.startswith("# ") and line[2:].replace(".", "").isidentifier():
            current = line[2:]
            found.setdefault(current, [])
        else:
            found.setdefault(current, []).append(line)
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def calls_of(use: SdkUse) -> list[str]:
    """Each call as `s3 put_object Bucket=orders|${BUCKET} Key=invoices/<>`, sorted."""
    return sorted({_line(call.service, call.method, call.arguments) for call in use.calls})


def operations_of(use: SdkUse) -> list[str]:
    """Each operation as `s3:PutObject`, sorted."""
    return sorted({f"{call.service}:{operation}" for call in use.calls for operation in call.operations})


def unfollowed_of(use: SdkUse) -> list[str]:
    """Each call that nobody can read off the code, with the reason."""
    return [f"{each.call}: {each.reason}" for each in use.unfollowed]


def _line(service: str, method: str, arguments: Mapping[str, tuple[Text, ...]]) -> str:
    given = [f"{name}={'|'.join(sorted(map(_shown, texts)))}" for name, texts in sorted(arguments.items())]
    return " ".join([service, method, *given])


def _shown(text: Text) -> str:
    return "".join(_SIGNS[part.kind].format(part.text) for part in text)


@dataclass(frozen=True, slots=True)
class Case:
    """A program whose `app.start` is looked at, and all that it asks of the SDK."""

    name: str
    program: str
    calls: tuple[str, ...]
    unfollowed: tuple[str, ...] = ()


def check(case: Case) -> None:
    """Fails where the program asks for more or less than the case says."""
    use = use_of(case.program)
    assert (calls_of(use), unfollowed_of(use)) == (list(case.calls), list(case.unfollowed))
