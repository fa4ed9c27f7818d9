"""Calls of the SDK made by hand, and what a role is given for them."""

from __future__ import annotations

from migrator.artifacts.permissions import SettingsShown
from migrator.artifacts.permissions.allowing import permissions_for_use
from migrator.domain.locations import Location
from migrator.domain.permissions import Permissions
from migrator.domain.sdk_calls import PartKind, SdkCall, SdkUse, Text, TextPart


def text(written: str) -> Text:
    """`$NAME` is a setting, `<name>` known only when it runs, anything else a literal; `|` parts them."""
    return tuple(_part(piece) for piece in written.split("|") if piece)


def _part(piece: str) -> TextPart:
    if piece.startswith("$"):
        return TextPart(PartKind.SETTING, piece[1:])
    if piece.startswith("<"):
        return TextPart(PartKind.RUNTIME, piece[1:-1])
    return TextPart(PartKind.LITERAL, piece)


def call(
    service: str, operation: str, *, line: int = 1, function: str = "shop.run", region: str = "", **arguments: str
) -> SdkCall:
    """One call; `Bucket__Key="a"` gives the parameter `Bucket.Key`, texts that it may have are parted by `;`."""
    return SdkCall(
        service,
        operation,
        (operation,),
        Location("shop.py", line),
        function,
        {name.replace("__", "."): tuple(text(each) for each in said.split(";")) for name, said in arguments.items()},
        (text(region),) if region else (),
    )


def allowed(*calls: SdkCall, settings: SettingsShown | None = None) -> Permissions:
    """What a role is given for calls."""
    return permissions_for_use(SdkUse(calls), settings or SettingsShown())


def lines(permissions: Permissions) -> list[str]:
    """Each action with a resource, such as `s3:GetObject arn:...`, sorted; conditions behind them."""
    return sorted(
        " ".join([action, resource.pattern, *_conditions(statement.conditions)])
        for statement in permissions.statements
        for action in statement.actions
        for resource in statement.resources
    )


def _conditions(conditions: object) -> list[str]:
    return [str(conditions)] if conditions else []
