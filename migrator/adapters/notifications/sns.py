"""Publishes to a topic of Amazon SNS.

In: a notification. Out: one Publish: people get words, and programs (SQS, Lambda, HTTP) the document
`migrator.notification/1`; `phase` and `route` are attributes to filter by. A FIFO topic keeps the order of each route, and
drops what comes twice within five minutes. Needs sns:Publish. Limits: Amazon SNS API Reference, Publish.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Final

from migrator.adapters.aws import AwsService
from migrator.adapters.notifications.wording import details, headline
from migrator.documents.notification import CODEC
from migrator.domain.messages import Notification

_SUBJECT: Final = 100
"""Characters of a subject, which are printable ASCII and begin with a letter, a digit or a punctuation mark."""
_MESSAGE: Final = 256 * 1024
"""Bytes of a message."""
_SHORT: Final = 1_000  # characters of a reason, where the whole of it has no room
_PROGRAMS: Final = ("http", "https", "lambda", "sqs")


@dataclass(frozen=True, slots=True)
class SnsNotifier:
    """One topic.

    Args:
        topic: its ARN.
        service: SNS in the topic's region.
    """

    topic: str
    service: AwsService

    @property
    def name(self) -> str:
        """The topic."""
        return f"sns {self.topic}"

    def send(self, told: Notification) -> None:
        """Publish it."""
        fifo = {}
        if self.topic.endswith(".fifo"):
            fifo = {"MessageGroupId": _digest(told.route), "MessageDeduplicationId": _digest(told.id)}
        self.service.call(
            "Publish",
            TopicArn=self.topic,
            Subject=_subject(headline(told)),
            Message=_message(told),
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in (("phase", str(told.phase)), ("route", told.route))
            },
            **fifo,
        )

    def close(self) -> None:
        """Give up the connections."""
        self.service.close()


def _message(told: Notification) -> str:
    """What each protocol gets; where all of it has no room, what the gates said is left out, and the reason cut."""
    shorter = replace(told, gates=(), reason=told.reason[:_SHORT])
    for each in (told, replace(told, gates=()), shorter):
        document = CODEC.dump_line(each)
        protocols = {"default": details(each), **dict.fromkeys(_PROGRAMS, document)}
        message = json.dumps(protocols, ensure_ascii=False)
        if len(message.encode("utf-8", "replace")) <= _MESSAGE:
            break
    return message


def _subject(text: str) -> str:
    """A subject as SNS allows it."""
    plain = "".join(each if " " <= each <= "~" else "?" for each in text)
    return plain.strip()[:_SUBJECT].rstrip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
