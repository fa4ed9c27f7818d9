"""Whether a function may set itself off: it writes to the bucket whose new files it is handed.

In: what the slice asks of the SDK, parameters by the settings' names. Out: `Loop` values: what the template refuses to
deploy without a prefix. Lambda ends such a loop after about 16 rounds by itself ("Use Lambda recursive loop detection",
read 2026-11), with what it has done by then; a template that cannot be deployed does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.artifacts.quoting import quoted
from migrator.domain.sdk_calls import PartKind, SdkUse, Text

_WRITES = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload", "CompleteMultipartUpload", "RestoreObject"})


@dataclass(frozen=True, slots=True)
class Loop:
    """A bucket that is written to.

    Attributes:
        id: of the assertion's rule.
        bucket: YAML source of its name, or an empty string where nobody knows it before a run.
        where: the place that writes.
    """

    id: str
    bucket: str
    where: str


def loops_of(sdk: SdkUse, parameters: Mapping[str, str]) -> tuple[Loop, ...]:
    """Every bucket that the slice writes to, each once; one that nobody knows stands for all.

    Args:
        parameters: setting to the template's parameter of its value.
    """
    found: dict[str, str] = {}
    for call in sdk.calls:
        if call.service == "s3" and _WRITES & set(call.operations):
            for bucket in _buckets(call.arguments.get("Bucket", ()), parameters):
                found.setdefault(bucket, str(call.location))
    for unfollowed in sdk.unfollowed:
        if unfollowed.service in ("s3", ""):
            found.setdefault("", str(unfollowed.location))
    if "" in found:
        found = {"": found[""]}
    return tuple(
        Loop(f"NoLoop{number}", bucket, where) for number, (bucket, where) in enumerate(sorted(found.items()), start=1)
    )


def _buckets(texts: tuple[Text, ...], parameters: Mapping[str, str]) -> Iterator[str]:
    if not texts:
        yield ""
    for text in texts:
        match text:
            case (part,) if part.kind is PartKind.LITERAL:
                yield quoted(part.text)
            case (part,) if part.kind is PartKind.SETTING and part.text in parameters:
                yield f"!Ref {parameters[part.text]}"
            case _:
                yield ""
