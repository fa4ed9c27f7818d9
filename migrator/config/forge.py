"""The `[forge]` section of `migrator.toml`.

In: parsed TOML. Out: the section, validated; whatever names a place lies within the repository, and no address has a
password in it. Whether the forge is there is left to its adapter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from migrator.domain.forges import ForgeKind, ForgeSettings

_DEFAULT: Final = ForgeSettings()
_VARIABLE: Final = re.compile(r"(?=.*(?:TOKEN|(?:^|_)PAT(?:_|$)))[A-Za-z_][A-Za-z0-9_]*", re.IGNORECASE)
"""What a repository's own file names is sent to its forge, so that it cannot be any secret of the environment."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PERSON: Final = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*", re.ASCII)
_NOT_IN_A_BRANCH: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|^[-/.]|[/.]$|^@$")
"""Source: git-check-ref-format(1)."""


def _checked(good: Callable[[str], bool], message: str) -> AfterValidator:
    def check(value: str) -> str:
        if not good(value):
            raise ValueError(f"{value!r} {message}")
        return value

    return AfterValidator(check)


def _is_branch(name: str) -> bool:
    return not name or _NOT_IN_A_BRANCH.search(name) is None


def _is_pattern(name: str) -> bool:
    return (
        name.count("{name}") == 1
        and not set("{}") & set(name.replace("{name}", ""))
        and _is_branch(name.replace("{name}", "x"))
    )


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not (
        PurePosixPath(path).is_absolute() or ".." in parts or ".git" in parts or "\\" in path or not path.isprintable()
    )


def _is_file(path: str) -> bool:
    return _is_inside(path) and bool(PurePosixPath(path).name) and not path.endswith("/")


def _is_api(url: str) -> bool:
    if not url:
        return True
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return (
        safe and bool(parts.hostname) and not (parts.query or parts.fragment) and url.isprintable() and " " not in url
    )


def _without_password(url: str) -> str:
    # First, and without the address in its text: what stands in it may be a token.
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ValueError("the address has a name or a password in it; a token stands in the environment")
    return url


_Branch = Annotated[str, _checked(_is_branch, "is no name of a branch")]
_Label = Annotated[
    str, _checked(lambda text: bool(text.strip()) and text.isprintable() and "," not in text, "is no label")
]
_Reviewer = Annotated[
    str,
    AfterValidator(lambda name: name.removeprefix("@")),
    _checked(lambda name: _PERSON.fullmatch(name) is not None, "is neither NAME nor OWNER/TEAM"),
]


class ForgeSection(BaseModel):
    """`[forge]`: where pull requests are opened, and what they hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ForgeKind | None = Field(
        default=_DEFAULT.kind,
        description="What keeps the pull requests; told by the host of the remote where left out.",
    )
    remote: Annotated[str, _checked(lambda name: bool(name) and _is_branch(name), "is no name of a remote")] = Field(
        default=_DEFAULT.remote, description="Name of the remote in the clone."
    )
    base: _Branch = Field(
        default=_DEFAULT.base,
        description="Branch that pull requests go to; the remote's default branch where left out.",
    )
    url: Annotated[
        str,
        AfterValidator(_without_password),
        _checked(_is_api, "is no address of an API: https, without a query (http on this machine only)"),
    ] = Field(
        default=_DEFAULT.url,
        description="Base URL of the REST API, on the host of the remote; told by that host where left out.",
    )
    token_env: Annotated[
        str,
        _checked(
            lambda name: not name or _VARIABLE.fullmatch(name) is not None,
            "is no name of a variable with a token: it has TOKEN or PAT in it",
        ),
    ] = Field(
        default=_DEFAULT.token_env,
        description="Environment variable with the token; where left out, those of the forge's own tools, then git's "
        "credential helper.",
    )
    services: Annotated[str, _checked(_is_inside, "is not below the repository's top")] = Field(
        default=_DEFAULT.services, description="Folder of service folders, from the repository's top; `.` for the top."
    )
    router: Annotated[str, _checked(_is_file, "is no file below the repository's top")] = Field(
        default=_DEFAULT.router, description="Router configuration, from the repository's top."
    )
    branch: Annotated[str, _checked(_is_pattern, "is no name of a branch with one {name} in it")] = Field(
        default=_DEFAULT.branch, description="Name of a branch, with `{name}` for the candidate's."
    )
    labels: tuple[_Label, ...] = Field(default=_DEFAULT.labels, description="Labels of each pull request.")
    reviewers: tuple[_Reviewer, ...] = Field(
        default=_DEFAULT.reviewers, description="Who is asked to review each pull request: NAME or OWNER/TEAM."
    )
    codeowners: bool = Field(
        default=_DEFAULT.codeowners, description="Whether the owners of what changes (CODEOWNERS) are asked too."
    )
    draft: bool = Field(default=_DEFAULT.draft, description="Whether pull requests are opened as drafts.")

    def settings(self) -> ForgeSettings:
        """The same as a plain value."""
        return ForgeSettings(**{name: getattr(self, name) for name in type(self).model_fields})
