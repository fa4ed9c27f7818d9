"""Keeps rollouts in one DynamoDB table, which any number of hosts may share.

In: `dynamodb://TABLE`, with `?region=` and, for a stand-in, `&endpoint=`. Out: the `StateStore` port. A state, its
line of history and its audit entry are one transaction (TransactWriteItems) on the condition that the version is still the
one that was read; reads are consistent. The table has the partition key `route` and the sort key `part`, both texts; it is made by a person.
Its users need dynamodb:GetItem, Query, Scan and PutItem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from migrator.adapters.aws import AwsError, AwsService
from migrator.documents import audit as audit_document
from migrator.documents import history as history_document
from migrator.documents import rollout as rollout_document
from migrator.domain.looks import AuditEntry
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.errors import InputError, MigratorError, RemoteError, UsageError
from migrator.rollout.ports import Conflict

SCHEME: Final = "dynamodb://"

_STATE: Final = "state"
_HISTORY: Final = "history#"
_AUDIT: Final = "audit#"
_CURSOR: Final = "cursor"
_DIGITS: Final = 10  # of a line's number, so that the sort key sorts them
MAX_ITEM_BYTES: Final = 400 * 1024
"""Of one item, names and values in UTF-8 (DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 400 KB)."""


class DynamoStateStore:
    """The `StateStore` port on a DynamoDB table.

    Args:
        url: `dynamodb://TABLE?region=REGION&endpoint=URL`; what is left out is the process's own.
        service: one made elsewhere; None makes one at the first call.

    Raises:
        UsageError: it is no such URL.
        RemoteError: from every method, where AWS refuses the call or does not answer.
        InputError: from every method, where what is recorded cannot be read.
    """

    def __init__(self, url: str, *, service: AwsService | None = None) -> None:
        parts = urlsplit(url)
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        if (
            not url.startswith(SCHEME)
            or not parts.netloc
            or parts.path.strip("/")
            or options.keys() - {"region", "endpoint"}
        ):
            raise UsageError(
                f"{url!r} names no store of rollouts", hint="give dynamodb://TABLE, perhaps with ?region=REGION"
            )
        self._table = parts.netloc
        self._service = service or AwsService(
            "dynamodb", region=options.get("region", ""), endpoint=options.get("endpoint", "")
        )

    def load(self, route: str) -> RolloutState | None:
        """The recorded state, or None."""
        answer = self._call("GetItem", Key=_key(route, _STATE), ConsistentRead=True)
        item = answer.get("Item")
        return self._state(route, item) if item else None

    def save(
        self,
        state: RolloutState,
        *,
        expected_version: int,
        entry: HistoryEntry | None = None,
        audit: AuditEntry | None = None,
    ) -> RolloutState:
        """Record a state, and with it a line of history and an audit entry, as one change; return what is recorded.

        Raises:
            InputError: one of them is larger than an item may be; nothing was written.
        """
        saved = replace(
            state,
            version=expected_version + 1,
            history_length=state.history_length + (entry is not None),
            audit_length=state.audit_length + (audit is not None),
        )
        writes = [self._put_state(saved, expected_version)]
        if entry is not None:
            part = f"{_HISTORY}{saved.history_length:0{_DIGITS}}"
            writes.append(self._put_line(saved.route, part, history_document.CODEC.dump_line(entry)))
        if audit is not None:
            part = f"{_AUDIT}{saved.audit_length:0{_DIGITS}}"
            document = audit_document.CODEC.dump_line(replace(audit, version=saved.version))
            writes.append(self._put_line(saved.route, part, document))
        for write in writes:
            self._check_size(write["Put"]["Item"])
        try:
            # botocore gives the transaction a token, by which a try that is sent again is the same one.
            self._call("TransactWriteItems", TransactItems=writes)
        except AwsError as error:
            if error.code != "TransactionCanceledException":
                raise
            raise self._canceled(state.route, expected_version, error) from error
        return saved

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        """All lines of history, oldest first."""
        return tuple(
            history_document.CODEC.load_text(document, source=f"{self._shown} (history of {route}, {part})")
            for part, document in self._lines(route, _HISTORY)
        )

    def audit(self, route: str) -> Iterator[AuditEntry]:
        """All audit entries, oldest first; read in pages of up to 1 MB, as AWS gives them."""
        for part, document in self._lines(route, _AUDIT):
            yield audit_document.CODEC.load_text(document, source=f"{self._shown} (audit of {route}, {part})")

    def cursor(self, name: str) -> int:
        """How far somebody has come who works through a history; 0 at first."""
        item = self._call("GetItem", Key=_key(name, _CURSOR), ConsistentRead=True).get("Item")
        return int(item["position"]["N"]) if item else 0

    def move_cursor(self, name: str, to: int) -> None:
        """Record how far somebody has come; a cursor never goes back."""
        try:
            self._call(
                "PutItem",
                Item={**_key(name, _CURSOR), "position": {"N": str(to)}},
                # `position` may be a reserved word some day: AWS adds to them.
                ConditionExpression="attribute_not_exists(route) OR #position < :to",
                ExpressionAttributeNames={"#position": "position"},
                ExpressionAttributeValues={":to": {"N": str(to)}},
            )
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise

    def routes(self) -> tuple[str, ...]:
        """The routes that have a record, sorted."""
        items = self._pages(
            "Scan",
            FilterExpression="part = :state",
            ProjectionExpression="route",
            ExpressionAttributeValues={":state": {"S": _STATE}},
            ConsistentRead=True,
        )
        return tuple(sorted(str(item["route"]["S"]) for item in items))

    def close(self) -> None:
        """Give up the connections; the next call opens them again."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _shown(self) -> str:
        return f"{SCHEME}{self._table}"

    def _put_state(self, saved: RolloutState, expected_version: int) -> dict[str, Any]:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(route)"}
        if expected_version:
            condition = {
                "ConditionExpression": "version = :expected",
                "ExpressionAttributeValues": {":expected": {"N": str(expected_version)}},
            }
        item = {
            **_key(saved.route, _STATE),
            "version": {"N": str(saved.version)},
            "document": {"S": rollout_document.CODEC.dump_line(saved)},
        }
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _put_line(self, route: str, part: str, document: str) -> dict[str, Any]:
        item = {**_key(route, part), "document": {"S": document}}
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(route)"}}

    def _lines(self, route: str, prefix: str) -> Iterator[tuple[str, str]]:
        """The sort keys and documents of a route that begin with something, in the order of their numbers."""
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "Query",
                KeyConditionExpression="route = :route AND begins_with(part, :prefix)",
                ExpressionAttributeValues={":route": {"S": route}, ":prefix": {"S": prefix}},
                ConsistentRead=True,
                **start,
            )
            for item in page.get("Items") or ():
                yield item["part"]["S"], item["document"]["S"]
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _check_size(self, item: dict[str, Any]) -> None:
        size = sum(len(name.encode()) + len(next(iter(value.values())).encode()) for name, value in item.items())
        if size > MAX_ITEM_BYTES:
            raise InputError(
                f"{size:,} bytes of {item['part']['S']} of {item['route']['S']} do not fit into an item of DynamoDB, "
                f"which takes {MAX_ITEM_BYTES:,}",
                hint="split the plan of the rollout, or keep rollouts in a file: --state sqlite:///PATH",
                location=self._shown,
            )

    def _canceled(self, route: str, expected_version: int, error: AwsError) -> MigratorError:
        """Why a transaction was not done: by then there is another version, or two were written at the same moment."""
        found = self.load(route)
        if (found.version if found is not None else 0) == expected_version:
            return RemoteError(
                f"the rollout of {route} was not recorded: somebody else wrote to it at the same moment",
                retryable=True,
            )
        return Conflict(
            f"the rollout of {route} was changed by another process (version {found.version if found else 0}, "
            f"not {expected_version})",
            hint=f"look at it again: migrator rollout status {route}",
        )

    def _state(self, route: str, item: dict[str, Any]) -> RolloutState:
        source = f"{self._shown} (rollout of {route})"
        state = rollout_document.CODEC.load_text(item["document"]["S"], source=source)
        if str(state.version) != item["version"]["N"] or state.route != route:
            raise InputError(
                f"the record of {route} contradicts itself",
                hint="the live weights are with the data plane and unchanged; take the item away and start again",
                location=source,
            )
        return state

    def _call(self, operation: str, **arguments: Any) -> Any:
        named = {} if operation == "TransactWriteItems" else {"TableName": self._table}
        try:
            return self._service.call(operation, **named, **arguments)
        except AwsError as error:
            raise self._explained(error) from error

    def _pages(self, operation: str, **arguments: Any) -> tuple[Any, ...]:
        try:
            return self._service.pages(operation, "Items", TableName=self._table, **arguments)
        except AwsError as error:
            raise self._explained(error) from error

    def _explained(self, error: AwsError) -> AwsError:
        if error.code == "ResourceNotFoundException":
            error.hint = (
                f"make it: aws dynamodb create-table --table-name {self._table} --billing-mode PAY_PER_REQUEST "
                "--attribute-definitions AttributeName=route,AttributeType=S AttributeName=part,AttributeType=S "
                "--key-schema AttributeName=route,KeyType=HASH AttributeName=part,KeyType=RANGE"
            )
        return error


def _key(route: str, part: str) -> dict[str, Any]:
    return {"route": {"S": route}, "part": {"S": part}}
