"""Why pip found nothing, in words that hold no address and no credentials.

In: what a verbose pip (`-vv`) wrote. Out: a `Refusal`, and the answer that follows from it. pip's own lines are never handed on: they name the index, often with a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from migrator.plan.requirements import Answer, Platform

# What keeps pip from asking at all, the most telling first. Read off pip 23 to 26.
_UNREACHABLE: Sequence[tuple[str, str]] = (
    (r"No module named pip", "pip is not installed beside this Python"),
    (r"\b40[137] (?:Client )?Error|\b401\b.*Unauthorized|\b403\b.*Forbidden", "the index refuses our credentials"),
    (r"User for .*: *$|EOF when reading a line|no-input", "the index asks for credentials"),
    (r"\b5\d\d Server Error|HTTP error 5\d\d|too many 5\d\d error responses", "the index has a failure of its own"),
    (r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError", "the certificate of the index is not trusted"),
    (r"ProxyError|Cannot connect to proxy|Tunnel connection failed", "the proxy before the index does not answer"),
    (r"NameResolutionError|name resolution|Name or service not known|nodename nor servname", "the index's host is not known here"),
    (r"ReadTimeout|ConnectTimeout|Read timed out|timed out", "the index does not answer in time"),
    (r"NewConnectionError|Connection refused|ConnectionError|RemoteDisconnected|ProtocolError|Max retries", "the index cannot be reached"),
    (r"Could not find an activated virtualenv", "pip is set up to work in virtual environments only"),
    (r"No space left on device", "the disk is full"),
)  # fmt: skip
_NOTHING = re.compile(r"No matching distribution found for (?P<text>.+?)(?: \(from .*\))?$", re.MULTILINE)
_LINK = re.compile(r"^\s*(?:Skipping|Found) link\b.*?(?P<address>\S+?\.(?:whl|tar\.gz|zip))(?=[#\s,]|$)", re.MULTILINE)
_CONFLICT = re.compile(r"ResolutionImpossible|conflicting dependencies")
_CAUSE = re.compile(r"^ {4}(?P<text>\S.*)$", re.MULTILINE)
_MOST_CAUSES = 4
_SYSTEMS: Sequence[tuple[str, str]] = (
    (r"manylinux.*x86_64|^linux_x86_64", "Linux x86_64"),
    (r"manylinux.*aarch64|^linux_aarch64", "Linux arm64"),
    (r"manylinux.*(?:i686|ppc64|s390x|armv7|riscv)", "Linux on other processors"),
    (r"musllinux", "Alpine Linux"),
    (r"macosx", "macOS"),
    (r"^win", "Windows"),
    (r"^any$", "any system"),
)
_ADDRESS = re.compile(r"\S*://\S*")


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of an index: what it is of, and what a wheel runs on; a source distribution has no tags."""

    name: NormalizedName
    version: Version
    tags: frozenset[Tag] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why pip would install nothing.

    Attributes:
        unreachable: why the index could not be asked, or an empty string.
        culprit: the requirement that nothing fits.
        offers: the files that the index has, of this and of other distributions.
        conflict: what excludes what, or an empty string.
    """

    unreachable: str = ""
    culprit: Requirement | None = None
    offers: tuple[Offer, ...] = ()
    conflict: str = ""


def read_refusal(output: str) -> Refusal:
    """Read what a verbose pip wrote before it gave up."""
    unreachable = next((reason for pattern, reason in _UNREACHABLE if re.search(pattern, output, re.MULTILINE)), "")
    if unreachable:
        return Refusal(unreachable=unreachable)
    if nothing := _NOTHING.search(output):
        try:
            return Refusal(culprit=Requirement(nothing["text"]), offers=tuple(_offers(output)))
        except InvalidRequirement:
            pass
    if _CONFLICT.search(output):
        _, _, causes = output.partition("The conflict is caused by:")
        told = [_ADDRESS.sub("...", found["text"].strip()) for found in _CAUSE.finditer(causes.partition("\n\n")[0])]
        return Refusal(conflict="; ".join(told[:_MOST_CAUSES]) or "two versions of one distribution")
    return Refusal(unreachable="pip failed in a way that is not known here")


def _offers(output: str) -> Iterator[Offer]:
    for name in dict.fromkeys(unquote(found["address"].rpartition("/")[2]) for found in _LINK.finditer(output)):
        try:
            if name.endswith(".whl"):
                distribution, version, _, tags = parse_wheel_filename(name)
                yield Offer(distribution, version, tags)
            else:
                yield Offer(*parse_sdist_filename(name))
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
            continue  # such as the files of the years before there were rules for their names


def judged(refusal: Refusal, platform: Platform) -> tuple[Answer, str]:
    """Whether the requirement that nothing fits has no wheel, or is not there at all; the reason says the same."""
    wanted = refusal.culprit
    assert wanted is not None
    name = canonicalize_name(wanted.name)
    own = [offer for offer in refusal.offers if offer.name == name]
    fitting = [offer for offer in own if wanted.specifier.contains(offer.version, prereleases=True)]
    if not fitting:
        return Answer.UNKNOWN, f"the index has no {wanted if own else wanted.name}"
    if not any(offer.tags for offer in fitting):
        return Answer.NO, f"{wanted} has no wheels, only its source"
    newest = max(offer.version for offer in fitting if offer.tags)
    tags = {tag for offer in fitting if offer.version == newest for tag in offer.tags}
    return Answer.NO, f"{wanted} has no wheel for {platform}, only for {_runs_on(tags)}"


def _runs_on(tags: Iterable[Tag]) -> str:
    """`CPython 3.11 and 3.12, on macOS, Linux x86_64`, as the tags of some wheels say."""
    pythons = sorted({tag.interpreter for tag in tags}, key=lambda name: (len(name), name))
    systems = sorted({told for tag in tags for pattern, told in _SYSTEMS if re.search(pattern, tag.platform)})
    span = pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"
    return f"{span} on {', '.join(systems) or 'other systems'}"
