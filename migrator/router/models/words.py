"""The words of `router.yaml`: names, headers, paths, arguments, shares; and what every model of the file keeps to.

In: nothing. Out: types and the base of the models.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
METHODS: tuple[Method, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_NAME = r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$"
_HEADER = r"^[A-Za-z0-9!#$&'*+.^_`|~-]{1,128}$"
_HOST = r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"
_PARAMETER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


def _template(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError(f"a path starts with a slash, found {value!r}")
    if "?" in value or "#" in value:
        raise ValueError("a path has no query and no fragment")
    if re.search(r"[\s\x00-\x1f\x7f]", value):
        raise ValueError("a path has no blanks and no control characters")
    names: list[str] = []
    for part in value[1:].split("/"):
        if part in (".", ".."):
            raise ValueError("a path has no . or .. in it")
        if "{" in part or "}" in part:
            if _PARAMETER.fullmatch(part) is None:
                raise ValueError(f"a parameter takes a whole part of the path, such as /{{country}}, found {part!r}")
            names.append(part)
    if "//" in value:
        raise ValueError("a path has no empty parts")
    if len(set(names)) != len(names):
        raise ValueError("a parameter's name stands twice in the path")
    return value


def include_pattern(value: str) -> str:
    """The pattern itself; raises ValueError for one that may lead out of the folder, or nobody knows where."""
    parts = value.split("/")
    if value.startswith("/") or ".." in parts:
        raise ValueError("included files lie in the folder of this one or below it: no leading slash and no ..")
    if "**" in value:
        raise ValueError("** is not known here: name the folders one by one, such as routes/*.yaml and routes/*/*.yaml")
    if "" in parts or "\\" in value or not value.isprintable():
        raise ValueError("a pattern has parts between single slashes, without backslashes and control characters")
    return value


Name = Annotated[str, Field(pattern=_NAME, examples=["tax"])]
Header = Annotated[str, Field(pattern=_HEADER, examples=["x-tenant"])]
HostName = Annotated[str, Field(pattern=_HOST, examples=["shop.example.com"])]
PathTemplate = Annotated[
    str, AfterValidator(_template), Field(min_length=1, max_length=1024, examples=["/api/tax/{country}"])
]
IncludePattern = Annotated[
    str, AfterValidator(include_pattern), Field(min_length=1, max_length=1024, examples=["routes/*.yaml"])
]
DottedName = Annotated[
    str,
    Field(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)+$", max_length=512, examples=["shop.tasks.mail.send_order_mail"]),
]
Argument = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=256, examples=["order_id"])]
Tenant = Annotated[str, Field(min_length=1, max_length=1024)]
HeaderValue = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f\x7f]*$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Region = Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9-]*$", examples=["eu-central-1"])]
FunctionName = Annotated[str, Field(min_length=1, max_length=140, description="Function name.")]
Alias = Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9$_-]*$")]


class Strict(BaseModel):
    """A model of the file: unknown keys and values of another type are mistakes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)
