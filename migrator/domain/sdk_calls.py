"""What a slice asks of a cloud's SDK: calls, and the texts that name what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from migrator.domain.locations import Location


class PartKind(StrEnum):
    """What a part of a text is."""

    LITERAL = "literal"  # stands in the code
    SETTING = "setting"  # a variable of the process or a setting of the framework, by its name in `Plan.settings`
    RUNTIME = "runtime"  # known only when it runs: an argument, an answer, a computed name


@dataclass(frozen=True, slots=True)
class TextPart:
    """One part of a text.

    Attributes:
        text: the characters, the name of the setting, or the source of what is only known when it runs.
    """

    kind: PartKind
    text: str


Text: TypeAlias = tuple[TextPart, ...]
"""Parts that follow each other, as in `f"invoices/{number}.pdf"`."""


@dataclass(frozen=True, slots=True)
class SdkCall:
    """One place that calls the SDK, for one service.

    Attributes:
        service: as the SDK names it, such as `s3` or `stepfunctions`.
        method: as it is called: `put_object`, `paginate(list_objects_v2)`, `Bucket.upload_fileobj`.
        operations: of the service's API that the call may send, such as `PutObject`; a transfer has several.
        arguments: parameter of the API to each text that it may have; one that is not there is not given, or is no
            text. The identifiers of a resource count as given: `Table("orders").get_item` has `TableName`.
        location: of the call, in the monolith.
        function: qualified name of what calls.
        region: that the client is told; none where it takes the process's own.
    """

    service: str
    method: str
    operations: tuple[str, ...]
    location: Location
    function: str
    arguments: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    region: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class UnfollowedSdkCall:
    """A place that calls the SDK in a way that nobody can read off the code.

    Attributes:
        call: source of the call.
        reason: what is not known: the service, or the operation.
        service: where it is known; else an empty string.
    """

    call: str
    reason: str
    location: Location
    function: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class SdkUse:
    """All that a slice asks of the SDK, sorted by location."""

    calls: tuple[SdkCall, ...] = ()
    unfollowed: tuple[UnfollowedSdkCall, ...] = ()
