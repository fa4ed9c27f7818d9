"""The shape of a knowledge file, validated, and its translation into entries.

In: parsed TOML. Out: a `LibraryFile`, or an `InputError` that names the file and each wrong key.
The format is described in the docstring of the package.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from migrator.domain.effects import Effect
from migrator.errors import InputError
from migrator.knowledge.entries import (
    RECEIVER,
    WORDS,
    Access,
    Argument,
    Asked,
    ByArgument,
    Entry,
    Hands,
    Kind,
    Origin,
    PathUse,
)

_NAME = r"^[A-Za-z_][\w]*(\.[A-Za-z_][\w]*)*(\.\*)?$"
Dotted = Annotated[str, Field(pattern=_NAME)]
Callback = int | str  # a position or a keyword
Position = Annotated[int, Field(ge=0)] | Literal["self"]

_WORD = re.compile(r"@\w*")

# Where a file does not say: these cannot be had without somebody else noticing.
_ALWAYS_CHANGES = {Effect.EMAIL, Effect.ENQUEUE, Effect.SUBPROCESS}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PathSpec(_Strict):
    """`{argument = 0, keyword = "file", access = "mode", mode = 1}`."""

    argument: Position
    keyword: str = ""
    access: Access
    mode: int | None = None
    file_object: bool = False


class ByArgumentSpec(_Strict):
    """`{argument = 0, keyword = "service_name", returns = {s3 = "botocore.client.S3"}}`."""

    argument: int
    keyword: str = ""
    returns: dict[str, str]
    otherwise: str = ""


class SecondsSpec(_Strict):
    """`{argument = 0, keyword = "secs"}`."""

    argument: int
    keyword: str = ""


class HandsSpec(_Strict):
    """`{arguments = ["@item:1"]}`, `{rest = 1}`, or `{spread = [{argument = 3, keyword = "args"}]}`."""

    arguments: tuple[str, ...] = ()
    rest: Annotated[int, Field(ge=0)] | None = None
    spread: tuple[SecondsSpec, ...] = ()


class EntrySpec(_Strict):
    """One `[[entry]]`: names that share what is said of them."""

    within: str = Field(default="", pattern=r"^([A-Za-z_][\w]*(\.[A-Za-z_][\w]*)*)?$")
    names: tuple[Dotted, ...] = Field(min_length=1)
    aliases: tuple[Dotted, ...] = ()
    kind: Kind = Kind.FUNCTION
    effects: tuple[Effect, ...] = ()
    reason: str = ""
    returns: str = ""
    by_argument: ByArgumentSpec | None = None
    reads: bool = False
    changes: bool | None = None
    write_effects: tuple[Effect, ...] = ()
    calls_arguments: tuple[Callback, ...] = ()
    background_arguments: tuple[Callback, ...] = ()
    hands: HandsSpec | None = None
    asks: dict[Asked, str] = Field(default_factory=dict)
    keeps: dict[str, str] = Field(default_factory=dict)
    mutates: tuple[Position, ...] = ()
    pure: bool = False
    paths: tuple[PathSpec, ...] = ()
    origin: Origin = Origin.UNKNOWN
    derives: Position | None = None
    seconds: SecondsSpec | None = None
    limit: SecondsSpec | None = None
    decorates: bool = False
    decorated_effects: tuple[Effect, ...] = ()
    bases: tuple[Dotted, ...] = ()
    runs: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    attribute: str = ""
    attribute_effects: tuple[Effect, ...] = ()
    relates: Literal["", "many", "one", "named"] = ""
    holds: Literal["", "list", "set", "dict", "values"] = ""
    holds_owner: bool = False

    @model_validator(mode="after")
    def _says_something_and_no_contradiction(self) -> EntrySpec:
        counted = (
            self.attribute_effects
            or self.effects
            or self.write_effects
            or self.decorated_effects
            or self.background_arguments
        )
        if counted and not self.reason:
            raise ValueError("an entry with an effect needs a reason")
        if self.pure and (self.effects or self.paths):
            raise ValueError("pure contradicts effects and paths")
        if not (self.pure or counted or self.paths or self.seconds):
            raise ValueError("says nothing: state effects, paths, seconds, or pure = true")
        if self.reads and (self.kind is not Kind.OBJECT or not self.effects):
            raise ValueError("reads is for objects that have effects")
        of_classes = self.bases or self.attribute or self.relates or self.holds or self.holds_owner
        if of_classes and self.kind is not Kind.CLASS:
            raise ValueError("bases, attribute, relates, holds and holds_owner are for classes")
        handed = self.hands.arguments if self.hands else ()
        said = (self.returns, self.attribute, *self.asks.values(), *self.keeps.values(), *handed)
        for text in (*self.runs, *self.assigned, *(text[1:] for text in said if text.startswith("="))):
            _check_expression(text)
        if self.hands is not None and not (self.calls_arguments or self.background_arguments):
            raise ValueError("hands is for entries that call arguments")
        for text in (text for text in said if not text.startswith("=")):
            if unknown := set(_WORD.findall(text)) - WORDS:
                raise ValueError(f"{sorted(unknown)[0]} is none of the words {', '.join(sorted(WORDS))}")
        if self.aliases and len(self.names) != 1:
            raise ValueError("aliases need an entry of one name")
        return self

    def qualified(self) -> Iterator[str]:
        """The full names, wildcards included."""
        for name in self.names:
            yield f"{self.within}.{name}" if self.within else name

    def entries(self) -> Iterator[Entry]:
        """One entry a name."""
        for name in self.qualified():
            yield Entry(
                name=name,
                kind=self.kind,
                effects=self.effects,
                reason=self.reason,
                returns=self.returns or (name if self.kind is Kind.CLASS and not name.endswith("*") else ""),
                by_argument=_by_argument(self.by_argument),
                reads=self.reads,
                changes=bool(_ALWAYS_CHANGES & set(self.effects)) if self.changes is None else self.changes,
                write_effects=self.write_effects,
                calls_arguments=tuple(RECEIVER if item == "self" else item for item in self.calls_arguments),
                background_arguments=self.background_arguments,
                hands=_hands(self.hands),
                asks=tuple(self.asks.items()),
                keeps=tuple(self.keeps.items()),
                mutates=tuple(_position(item) for item in self.mutates),
                pure=self.pure,
                paths=tuple(
                    PathUse(
                        Argument(_position(path.argument), path.keyword),
                        path.access,
                        Argument(path.mode, "mode") if path.mode is not None else None,
                        path.file_object,
                    )
                    for path in self.paths
                ),
                origin=self.origin,
                derives=_position(self.derives) if self.derives is not None else None,
                seconds=Argument(self.seconds.argument, self.seconds.keyword) if self.seconds else None,
                limit=Argument(self.limit.argument, self.limit.keyword) if self.limit else None,
                decorates=self.decorates,
                decorated_effects=self.decorated_effects,
                bases=self.bases,
                runs=self.runs,
                assigned=self.assigned,
                attribute=self.attribute,
                attribute_effects=self.attribute_effects,
                relates=self.relates,
                holds=self.holds,
                holds_owner=self.holds_owner,
            )


class LibraryFile(_Strict):
    """A whole file.

    Attributes:
        modules: top-level (or dotted) modules that this file speaks for.
        distribution: the distribution that ships them; empty for the standard library.
        unchecked: names, or prefixes of them, that `make knowledge-check` need not find: classes made at run
            time, names of other Python versions.
        alias: other spellings of a name or prefix, to the one used in the entries.
    """

    modules: tuple[Dotted, ...] = Field(min_length=1)
    distribution: str = ""
    unchecked: tuple[Dotted, ...] = ()
    alias: dict[Dotted, Dotted] = Field(default_factory=dict)
    entry: tuple[EntrySpec, ...] = ()

    @model_validator(mode="after")
    def _names_are_its_own(self) -> LibraryFile:
        seen: set[str] = set()
        for entry in self.entry:
            for name in entry.qualified():
                if not any(name == module or name.startswith(f"{module}.") for module in self.modules):
                    raise ValueError(f"{name} lies in none of the file's modules")
                if name in seen:
                    raise ValueError(f"{name} is said twice")
                seen.add(name)
        return self


_SAID = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.Load),
    *(ast.BoolOp, ast.Or, ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop, ast.Compare, ast.cmpop),
)
"""What expressions are made of."""


def _check_expression(text: str) -> None:
    """Refuse what the model could not walk: only names, attributes, calls and string constants are."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"not an expression: {text}") from error
    for node in ast.walk(tree.body):
        if not isinstance(node, _SAID):
            raise ValueError(f"only names, attributes, items, calls, operators and `or` can be said: {text}")


def _by_argument(spec: ByArgumentSpec | None) -> ByArgument | None:
    if spec is None:
        return None
    return ByArgument(Argument(spec.argument, spec.keyword), spec.returns, spec.otherwise)


def _hands(spec: HandsSpec | None) -> Hands | None:
    if spec is None:
        return None
    return Hands(spec.arguments, spec.rest, tuple(Argument(one.argument, one.keyword) for one in spec.spread))


def _position(value: Position) -> int:
    return RECEIVER if value == "self" else value


def validate(document: Mapping[str, Any], *, source: str) -> LibraryFile:
    """The file that a parsed TOML document says.

    Raises:
        InputError: a key is wrong; file and key are named.
    """
    try:
        return LibraryFile.model_validate(document)
    except ValidationError as error:
        mistakes = "; ".join(f"{_key(document, mistake['loc'])}: {mistake['msg']}" for mistake in error.errors())
        raise InputError(
            f"not a valid knowledge file: {mistakes}",
            hint="the format is described in migrator/knowledge/__init__.py",
            location=source,
        ) from error


def _key(document: Mapping[str, Any], location: tuple[int | str, ...]) -> str:
    """`entry[3] (requests.get, …).effects`: an index alone would have to be counted by hand."""
    text = ""
    current: Any = document
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
        try:
            current = current[part]
        except (KeyError, IndexError, TypeError):
            current = None
        if isinstance(current, Mapping) and isinstance(current.get("names"), list) and current["names"]:
            text += f" ({current.get('within', '')}{'.' if current.get('within') else ''}{current['names'][0]})"
    return text or "file"
