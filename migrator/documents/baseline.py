"""`migrator.baseline/1`: what was known of the candidates of one repository or several, and their figures since then.

It is made to be committed: a candidate, an entry of the history and a file have a line each, so that a change of the code
is a few lines in the diff, and two branches that change different files merge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from migrator.documents.codec import Codec
from migrator.domain.json import json_text
from migrator.domain.reports import Baselines


class BaselineCodec(Codec[Baselines]):
    """As every codec, with a text of its own."""

    def dump_text(self, value: Baselines) -> str:
        """The document with a line for each candidate, entry of the history and file, and a final newline."""
        document = cast("dict[str, Any]", self.dump(value))
        repositories = document.pop("repositories")
        head = [f"  {json_text(name)}: {json_text(item)}" for name, item in document.items()]
        body = _block("repositories", [_repository(each) for each in repositories], "  ")
        return "{\n" + ",\n".join([*head, body]) + "\n}\n"


CODEC = BaselineCodec("migrator.baseline/1", Baselines)
"""Dump and load."""


def _repository(item: Mapping[str, Any]) -> str:
    return "    {\n" + ",\n".join(_fields(item)) + "\n    }"


def _fields(item: Mapping[str, Any]) -> Iterator[str]:
    for name, value in item.items():
        if isinstance(value, list):
            yield _block(name, [f"        {json_text(each)}" for each in value], "      ")
        else:
            yield f"      {json_text(name)}: {json_text(value)}"


def _block(name: str, lines: Sequence[str], indent: str) -> str:
    inner = "\n" + ",\n".join(lines) + f"\n{indent}" if lines else ""
    return f"{indent}{json_text(name)}: [{inner}]"
