"""Objects of the SDK: what makes them, what their attributes and methods give.

In: calls of the library, attributes and methods of its objects. Out: values. What a method sends is `requests`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from migrator.cloud_facts.sdk_methods import Reference, service_methods, service_names
from migrator.domain.sdk_calls import PartKind, Text, TextPart
from migrator.model.sdk.names import SESSIONS, source
from migrator.model.sdk.requests import (
    Outcome,
    is_chained,
    parameters_of,
    reference_identifiers,
    resource_methods,
    sent_by,
)
from migrator.model.sdk.settings import Settings
from migrator.model.sdk.values import (
    Answer,
    Arguments,
    Client,
    Collection,
    Dict,
    Given,
    Later,
    Lib,
    Plain,
    Repeated,
    Resource,
    SdkMethod,
    Seq,
    Session,
    Transfer,
    Unknown,
    Value,
    Values,
    Words,
    Writer,
)
from migrator.model.sdk.words import is_named, joined, literal, plain_text, texts_of

_LIBRARIES = ("boto3", "aioboto3", "botocore", "aiobotocore", "s3transfer")
_CLIENTS = frozenset({"boto3.client", "aioboto3.client"})
_RESOURCES = frozenset({"boto3.resource", "aioboto3.resource"})
_TRANSFERS = frozenset(
    {
        "boto3.s3.transfer.S3Transfer",
        "boto3.s3.transfer.create_transfer_manager",
        "s3transfer.S3Transfer",
        "s3transfer.manager.TransferManager",
    }
)
_OF_SESSION = {"client": Client, "create_client": Client, "resource": Resource}
_DEEPEST_ARGUMENT = 5
_TAKEN_APART = ("Params.", "CopySource.", "ExtraArgs.", "extra_args.", "copy_source.")
"""Arguments whose entries are parameters themselves: they count even where only runs can say what they are."""

_KEYS = frozenset({"RequestItems"})
"""Parameters whose keys name resources: tables, of the batches of DynamoDB."""

_NAMED_BY: Mapping[tuple[str, str, str], tuple[str, str]] = {
    ("sqs", "GetQueueUrl", "QueueUrl"): ("/", "QueueName"),
    ("sqs", "CreateQueue", "QueueUrl"): ("/", "QueueName"),
    ("sns", "CreateTopic", "TopicArn"): (":", "Name"),
}
"""Answers that end with what was asked for: service, operation, member to the sign before it and the parameter. Queue
URLs and ARNs are documented to: SQS developer guide, "Queue and message identifiers"; SNS API, `CreateTopic`."""


class SdkObjects(Settings):
    """Knows the SDK's own objects."""

    def made_by_library(self, value: Lib, arguments: Arguments, place: Later) -> Values | None:
        """What a function or class of the SDK makes; None for any other."""
        dotted = value.dotted
        if value.made is not None:
            return None
        if dotted in SESSIONS:
            return (Session(self._region(arguments, -1)),)
        if dotted in _CLIENTS:
            return self._by_service(Client, arguments, Session())
        if dotted in _RESOURCES:
            return self._by_service(Resource, arguments, Session())
        if dotted in _TRANSFERS:
            given = arguments.get(0, "client") or arguments.get(-1, "manager")
            clients = [each for each in self.values_of(given) if isinstance(each, Client)]
            return tuple(Transfer(each) for each in clients) or (Transfer(Client("s3")),)
        return None

    def _region(self, arguments: Arguments, position: int) -> tuple[Text, ...]:
        """The region that a session or client is told, as far as the code says one."""
        return texts_of(self.values_of(arguments.get(position, "region_name")), "region_name")

    def _by_service(self, kind: type, arguments: Arguments, session: Session) -> Values:
        """A client or resource of the service that the first argument names."""
        found: list[Value] = []
        region = self._region(arguments, 1) or session.region
        given = arguments.get(0, "service_name")
        said = source(given.expression) if isinstance(given, Later) else ""
        for value in self.values_of(given):
            text = plain_text(value)
            if text and (session.sure or text in service_names()):
                found.append(Client(text, region=region) if kind is Client else Resource(text, region=region))
            elif session.sure:
                found.append(Client("", said) if kind is Client else Resource("", source=said))
        if not session.sure:
            return tuple(dict.fromkeys(found))
        nothing: Value = Client("", said) if kind is Client else Resource("", source=said)
        return tuple(dict.fromkeys(found)) or (nothing,)

    def sdk_attribute(self, value: Value, attr: str) -> Values | None:
        """What an attribute of an object of the SDK is; None for any other object."""
        match value:
            case Lib(dotted="boto3", made=None) if attr == "DEFAULT_SESSION":
                return (Session(),)
            case Session():
                return (SdkMethod(value, attr),) if attr in _OF_SESSION else (Unknown(f"session.{attr}"),)
            case Client():
                return (Unknown("client.exceptions"),) if attr == "exceptions" else (SdkMethod(value, attr),)
            case SdkMethod(owner=owner, name="meta"):
                if attr == "client" and isinstance(owner, Resource):
                    return (Client(owner.service, owner.source, owner.region),)
                return (Unknown(f"meta.{attr}"),)
            case SdkMethod():
                return (Unknown(attr),)
            case Resource():
                return self._of_resource(value, attr)
            case Collection() | Repeated() | Transfer():
                return (SdkMethod(value, attr),)
            case Writer():
                return (Unknown(attr),)
            case Unknown() if attr in _OF_SESSION:
                return (
                    SdkMethod(Session(sure=False), attr),
                    Unknown(f"{value.source}.{attr}"),
                )  # where a service is named
            case Plain(value=None) if attr in _OF_SESSION:
                return (SdkMethod(Session(sure=False), attr),)  # set by somebody who is not seen
            case _:
                return None

    def _of_resource(self, value: Resource, attr: str) -> Values:
        known = dict(value.identifiers)
        if attr in known:
            return tuple(Words(text) for text in known[attr])
        methods = resource_methods(value)
        if methods is None:
            return (SdkMethod(value, attr),)
        if attr in methods.many:
            return (Collection(value, attr),)
        if attr in methods.has and not attr[:1].isupper():
            return (self.referred(value, methods.has[attr], {}, attr),)
        if attr in methods.attributes or attr in methods.identifiers:
            return (Unknown(f"{value.type}.{attr}"),)
        return (SdkMethod(value, attr),)

    def referred(
        self, owner: Resource, reference: Reference, given: Mapping[str, tuple[Text, ...]], said: str
    ) -> Resource:
        """The resource that an attribute, a method or a collection of another one gives."""
        own = dict(owner.identifiers)
        found: dict[str, tuple[Text, ...]] = {}
        for name, where in reference.identifiers.items():
            kind, _, inner = where.partition(" ")
            texts = {"own": own.get(inner), "parameter": given.get(inner), "input": given.get(name)}.get(kind)
            found[name] = texts or ((TextPart(PartKind.RUNTIME, f"{reference.type}.{name} of {said}"),),)
        service = service_methods(owner.service)
        order = service.resources[reference.type].identifiers if service is not None else ()
        identifiers = tuple((name, found[name]) for name in order if name in found)
        return Resource(owner.service, reference.type, identifiers, reference.loaded, region=owner.region)

    def call_sdk(self, value: SdkMethod, arguments: Arguments, place: Later) -> Values:
        """What calling a method of an object of the SDK gives."""
        owner, name = value.owner, value.name
        said = source(place.expression)
        match owner:
            case Session():
                return self._by_service(_OF_SESSION[name], arguments, owner)
            case Client():
                return self._by_client(value, owner, arguments, said)
            case Resource():
                return self._by_resource(value, owner, arguments, said)
            case Collection():
                if is_chained(name):
                    given = self.texts_given(value, arguments) if name == "filter" else {}
                    merged = {**dict(owner.arguments), **given}
                    return (Collection(owner.owner, owner.name, tuple(merged.items())),)
                return (Unknown(said),)
            case Repeated(client=client):
                return (Answer(client.service, owner.name, (), said),)
            case Transfer():
                return (Unknown(said),)

    def _by_client(self, value: SdkMethod, owner: Client, arguments: Arguments, said: str) -> Values:
        if value.name in ("get_paginator", "get_waiter"):
            kind = value.name.removeprefix("get_")
            names = self.values_of(arguments.get(0, "operation_name" if kind == "paginator" else "waiter_name"))
            return tuple(Repeated(kind, owner, plain_text(name) or "") for name in names) or (
                Repeated(kind, owner, ""),
            )
        service = service_methods(owner.service)
        operation = service.methods.get(value.name) if service is not None else None
        if operation is None:
            return (owner,) if value.name in ("__enter__", "__aenter__") else (Unknown(said),)
        wanted = any(key[:2] == (owner.service, operation) for key in _NAMED_BY)
        given = self.texts_given(value, arguments) if wanted else {}
        return (Answer(owner.service, operation, tuple(given.items()), said),)

    def _by_resource(self, value: SdkMethod, owner: Resource, arguments: Arguments, said: str) -> Values:
        methods = resource_methods(owner)
        if methods is None:
            return (Resource("", source=owner.source),) if value.name[:1].isupper() else (Unknown(said),)
        if value.name in methods.has:
            given = self.texts_given(value, arguments)
            return (self.referred(owner, methods.has[value.name], given, said),)
        request = methods.actions.get(value.name)
        if request is not None and request.gives is not None:
            given = self.texts_given(value, arguments)
            gives = self.referred(owner, request.gives, given, said)
            for (service, operation, member), (sign, parameter) in _NAMED_BY.items():
                if (service, operation) == (owner.service, request.operation) and given.get(parameter):
                    name = "url" if member == "QueueUrl" else "arn"
                    texts = tuple(self._ends_with(said, sign, text) for text in given[parameter])
                    gives = replace(gives, identifiers=((name, texts),))
            return (gives,)
        if value.name == "batch_writer":
            return (Writer(),)
        return (Unknown(said),)

    @staticmethod
    def _ends_with(said: str, sign: str, text: Text) -> Text:
        return joined(((TextPart(PartKind.RUNTIME, said),), literal(sign).parts, text))

    def of_answer(self, answer: Answer, keys: Values) -> Value:
        """What stands in an answer under a key."""
        for key in keys:
            named = _NAMED_BY.get((answer.service, answer.operation, plain_text(key) or ""))
            texts = dict(answer.arguments).get(named[1]) if named is not None else None
            if named is not None and texts:
                return Words(self._ends_with(answer.source, named[0], texts[0]))
        return Unknown(f"{answer.source}[…]")

    def sdk_elements(self, value: Value) -> Values:
        """What going through an object of the SDK gives."""
        match value:
            case Collection(owner=owner, name=name):
                methods = resource_methods(owner)
                many = methods.many.get(name) if methods is not None else None
                if many is not None and many.gives is not None:
                    return (self.referred(owner, many.gives, {}, name),)
                return ()
            case Resource():
                return (value,)  # a method that gives several gives one of each
            case _:
                return ()

    # Arguments as texts

    def texts_given(self, method: SdkMethod, arguments: Arguments) -> dict[str, tuple[Text, ...]]:
        """The texts of a call's arguments by the names of the parameters; of those within containers by their path."""
        names = parameters_of(method)
        given: dict[str, tuple[Text, ...]] = {}
        inputs = reference_identifiers(method.owner, method.name) if isinstance(method.owner, Resource) else ()
        for name, each in [*zip(names, arguments.positional, strict=False), *arguments.keywords]:
            if name.lower() in inputs:
                name = name.lower()
            for path, texts in self._texts(name, each, 0):
                known = given.get(path, ())
                given[path] = (*known, *(text for text in texts if text not in known))
        return given

    def _texts(self, path: str, given: Given, depth: int) -> Iterator[tuple[str, tuple[Text, ...]]]:
        said = source(given.expression) if isinstance(given, Later) else path
        texts: list[Text] = []
        plain: list[Value] = []
        for value in self.values_of(given):
            if isinstance(value, Dict) and depth < _DEEPEST_ARGUMENT:
                called = getattr(given.expression, "id", "") if isinstance(given, Later) else ""
                pairs = (
                    self.filled(value, value.pairs, called, given.frame) if isinstance(given, Later) else value.pairs
                )
                if path in _KEYS:
                    texts.extend(literal(key).parts for key, _ in pairs if key)
                for key, inner in pairs:
                    if key:
                        yield from self._texts(f"{path}.{key}", inner, depth + 1)
            elif isinstance(value, Seq) and depth < _DEEPEST_ARGUMENT:
                for item in value.items:
                    yield from self._texts(path, item, depth + 1)
            else:
                plain.append(value)
        texts.extend(texts_of(plain, said))
        is_parameter = not depth or (depth == 1 and path.startswith(_TAKEN_APART))
        if texts and (is_parameter or any(is_named(text) for text in texts)):
            yield path, tuple(dict.fromkeys(texts))

    def sent(self, method: SdkMethod, arguments: Arguments) -> Outcome:
        """What calling a method sends."""
        return sent_by(method, self.texts_given(method, arguments))


def is_sdk(dotted: str) -> bool:
    """Whether a dotted name is one of the SDK's libraries, or in one."""
    return dotted.partition(".")[0] in _LIBRARIES
