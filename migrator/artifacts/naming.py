"""Names that AWS, make and the router accept, made from names of analyzed code.

In: a qualified name. Out: short names of letters, digits, dashes and underscores, equal for equal input. Two different
names never give the same one: whatever is lost of a name is made up for by a part of its hash.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from migrator.errors import InputError

# A Lambda function name may have 64 characters; what is added to it elsewhere (a log group, a role) has room.
_MOST = 56
_MOST_FUNCTION = 64
_MOST_LOGICAL = 255
_HASH_DIGITS = 7
# CodeDeploy's own policy lets it invoke functions whose names begin like this (AWSCodeDeployRoleForLambda).
_HOOK = "CodeDeployHook_"


def service_name(candidate: str) -> str:
    """`shop-api-tax-quote` for `shop.api.tax.quote`; lower case letters, digits, `_` and `-`, at most 56.

    Raises:
        InputError: the name is not a dotted Python name.
    """
    parts = [part for part in candidate.split(".") if part != "<locals>"]
    if not parts or not all(part.isidentifier() for part in parts):
        raise InputError(f"{candidate!r} is not the name of a Python function")
    plain = unicodedata.normalize("NFKD", candidate).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    if slug.replace("-", ".") == candidate and len(slug) <= _MOST:
        return slug
    # Capitals and letters beyond ASCII are lost above: the hash keeps two such names apart.
    digest = hashlib.sha256(candidate.encode()).hexdigest()[:_HASH_DIGITS]
    slug = slug[: _MOST - _HASH_DIGITS - 1].strip("-_") or "function"
    return f"{slug}-{digest}"


def hook_name(service: str) -> str:
    """The function that CodeDeploy asks about a new version of a service; at most 64 characters."""
    name = f"{_HOOK}{service}"
    if len(name) <= _MOST_FUNCTION:
        return name
    digest = hashlib.sha256(service.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{name[: _MOST_FUNCTION - _HASH_DIGITS - 1]}-{digest}"


def logical_id(text: str) -> str:
    """A CloudFormation logical id: letters and digits only, starting with a letter; at most 255."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return (joined if joined[:1].isalpha() else f"Event{joined}")[:_MOST_LOGICAL]


def requirement_line(distribution: str, version: str) -> str:
    """A line of `requirements.txt`: a bare version is an exact pin, anything else a range as written."""
    if version and version[0].isdigit():
        return f"{distribution}=={version}"
    return f"{distribution}{version}"
