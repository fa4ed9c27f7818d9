"""Whether settings for AWS are there. Their values are not looked at, nor is AWS asked."""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path

from migrator.domain.machine import Part, Presence

_GROUP = "aws"
_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
# Any of them leads to credentials: keys, a profile, a token of a pipeline or of a container.
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def parts(environment: Mapping[str, str], home: Path) -> Iterator[Part]:
    """A region, and credentials."""
    config = Path(environment.get("AWS_CONFIG_FILE") or home / ".aws" / "config")
    credentials = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws" / "credentials")
    profile = environment.get("AWS_PROFILE") or "default"
    sections = {file: _options(file, profile) for file in (config, credentials)}
    region = [name for name in _REGION if environment.get(name)]
    region += [str(file) for file, options in sections.items() if "region" in options]
    yield _part("region", region, "deploying, router and rollout on AWS", "set AWS_REGION, or run: aws configure")
    known = [name for name in _CREDENTIALS if environment.get(name)]
    known += [str(file) for file, options in sections.items() if options - {"region", "output"}]
    yield _part("credentials", known, "deploying, router and rollout on AWS", "set AWS_PROFILE, or run: aws configure")


def _part(name: str, by: list[str], needed_for: str, mend: str) -> Part:
    if by:
        return Part(name, _GROUP, Presence.PRESENT, f"set by {by[0]}", needed_for)
    return Part(name, _GROUP, Presence.MISSING, "not set", needed_for, mend)


def _options(file: Path, profile: str) -> frozenset[str]:
    """Names of what a profile sets."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return frozenset()
    section = next((name for name in (f"profile {profile}", profile) if parser.has_section(name)), None)
    return frozenset(parser.options(section)) if section is not None else frozenset()
