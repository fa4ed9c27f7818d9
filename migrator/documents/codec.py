"""Turns a frozen value of the domain into a JSON document and back, with the schema id at its head."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from migrator.domain.json import JsonValue, json_text
from migrator.errors import InputError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


class Codec(Generic[T]):
    """Dump and load for one document.

    Args:
        schema: the id and version, such as `migrator.plan/1`.
        type_: the dataclass that the document says.
    """

    def __init__(self, schema: str, type_: type[T]) -> None:
        self.schema = schema
        self._type = type_

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        from pydantic import TypeAdapter  # loaded on use: the command line's help must not pay for it

        return TypeAdapter(self._type)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the document."""
        schema = self._adapter.json_schema(mode="serialization")
        schema["title"] = self.schema
        schema["properties"] = {"schema": {"const": self.schema}, **schema.get("properties", {})}
        schema["required"] = ["schema", *schema.get("required", [])]
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

    def dump(self, value: T) -> dict[str, JsonValue]:
        """The document as plain JSON values, `schema` first."""
        body: dict[str, Any] = self._adapter.dump_python(value, mode="json")
        return {"schema": self.schema, **body}

    def dump_text(self, value: T) -> str:
        """The document as indented JSON with a final newline; equal values give equal text."""
        return json_text(self.dump(value), indent=2) + "\n"

    def dump_line(self, value: T) -> str:
        """The document as JSON on one line without blanks, as stores keep it; equal values give equal text."""
        return json_text(self.dump(value), separators=(",", ":"))

    def load(self, document: object, *, source: str = "") -> T:
        """The value that a document says.

        Args:
            source: what to name in an error, usually the path that was read.

        Raises:
            InputError: not this schema, or a field is missing or wrong; each mistake is named.
        """
        from pydantic import ValidationError

        if not isinstance(document, Mapping) or document.get("schema") != self.schema:
            found = document.get("schema") if isinstance(document, Mapping) else type(document).__name__
            raise InputError(f"expected a {self.schema} document, found {found!r}", location=source)
        body = {key: value for key, value in cast("Mapping[str, object]", document).items() if key != "schema"}
        try:
            return self._adapter.validate_python(body)
        except ValidationError as error:
            mistakes = "; ".join(
                f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}" for mistake in error.errors()
            )
            raise InputError(f"not a valid {self.schema} document: {mistakes}", location=source) from error

    def load_text(self, text: str, *, source: str = "") -> T:
        """The value that a JSON text says.

        Raises:
            InputError: not JSON, or not this document.
        """
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error.msg}", location=f"{source}:{error.lineno}:{error.colno}") from error
        return self.load(document, source=source)
