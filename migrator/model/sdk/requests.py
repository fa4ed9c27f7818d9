"""What calling a method of an object of the SDK sends, by the tables of `cloud_facts`, boto3's additions and no code.

In: the method and the texts of its arguments. Out: `Sent` values, or the reason why nobody can say. Which calls a
program makes is left to `finding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.cloud_facts.sdk_methods import Request, ResourceMethods, ServiceMethods, service_methods, services_with
from migrator.domain.sdk_calls import Text
from migrator.model.sdk.signatures import (
    CHAINED_METHODS,
    DOWNLOAD,
    LARGE_FILES,
    LOWER_CASE,
    NOT_SENT,
    SIGNATURES,
    SIGNED,
    SILENT_CLIENT,
    SILENT_RESOURCE,
    TAGS,
)
from migrator.model.sdk.values import Client, Collection, Repeated, Resource, SdkMethod, SdkOwner, Session, Transfer
from migrator.model.sdk.words import text_or_none

Texts = Mapping[str, tuple[Text, ...]]

NO_OPERATION = "the SDK has no such operation"
COMPUTED = "which operation it is, is known only when it runs"
NO_SUCH_SERVICE = "the SDK has no such service"
NO_SERVICE = "the service is not known"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call may send."""

    service: str
    method: str
    operations: tuple[str, ...]
    arguments: Texts = field(default_factory=dict)
    region: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Why nobody can say what a call sends."""

    service: str
    reason: str


Outcome = tuple[Sent | NotKnown, ...]


def parameters_of(method: SdkMethod) -> tuple[str, ...]:
    """The parameters of a method in their order, where it takes any by position; identifiers of a resource among them."""
    owner = method.owner
    match owner:
        case Client():
            return SIGNATURES.get(("client", method.name), ())
        case Transfer():
            return SIGNATURES.get(("transfer", method.name), ())
        case Resource(type=type_):
            has = reference_identifiers(owner, method.name)
            return has or SIGNATURES.get((type_, method.name), ())
        case _:
            return ()


def reference_identifiers(owner: Resource, name: str) -> tuple[str, ...]:
    """The identifiers that a sub-resource is given, in their order: `Object` of a bucket asks for `key`."""
    methods = resource_methods(owner)
    has = methods.has.get(name) if methods is not None else None
    service = service_methods(owner.service)
    if has is None or service is None:
        return ()
    order = service.resources[has.type].identifiers
    return tuple(each for each in order if has.identifiers.get(each) == "input")


def resource_methods(owner: Resource) -> ResourceMethods | None:
    """What a resource can do, by the tables."""
    service = service_methods(owner.service)
    return service.resources.get(owner.type) if service is not None else None


def sent_by(method: SdkMethod, arguments: Texts) -> Outcome:
    """What calling a method sends.

    Args:
        arguments: by the parameters' names (those given by position already named).
    """
    region = region_of(method.owner)
    outcomes = _sent_by(method, arguments)
    return tuple(replace(each, region=region) if isinstance(each, Sent) else each for each in outcomes)


def region_of(owner: SdkOwner) -> tuple[Text, ...]:
    """The region that the client behind an object of the SDK is told."""
    match owner:
        case Client(region=region) | Resource(region=region) | Session(region=region):
            return region
        case Collection(owner=resource):
            return resource.region
        case Repeated(client=client) | Transfer(client=client):
            return client.region


def _sent_by(method: SdkMethod, arguments: Texts) -> Outcome:
    owner = method.owner
    match owner:
        case Session():
            return ()
        case Client():
            return _by_client(owner, method.name, arguments)
        case Repeated(client=client):
            return _repeated(owner, client, method.name, arguments)
        case Transfer():
            return _transfer("s3", method.name, method.name, arguments)
        case Resource():
            return _by_resource(owner, method.name, arguments)
        case Collection():
            return _by_collection(owner, method.name, arguments)


def _service(name: str, source: str) -> ServiceMethods | NotKnown:
    found = service_methods(name)
    if found is None and name:
        return NotKnown(name, f"{NO_SUCH_SERVICE}: {name}")
    return found if found is not None else NotKnown("", f"{NO_SERVICE}: {source}" if source else NO_SERVICE)


def _by_client(client: Client, name: str, arguments: Texts) -> Outcome:
    service = _service(client.service, client.source)
    if name in SILENT_CLIENT:
        return ()
    if isinstance(service, NotKnown):
        only = services_with(name) if not client.service else ()
        found = service_methods(only[0]) if len(only) == 1 else None
        if found is None:
            return (service,)
        service = found
    if not name:
        return (NotKnown(service.name, COMPUTED),)
    if name in service.methods:
        return (Sent(service.name, name, (service.methods[name],), arguments),)
    if name == "generate_presigned_url":
        return _signed(service, arguments)
    if name == "generate_presigned_post" and service.name == "s3":
        return (Sent("s3", name, ("PutObject",), _only(arguments, "Bucket", "Key")),)
    if service.name == "s3" and ("client", name) in SIGNATURES:
        return _transfer("s3", name, name, arguments)
    return (NotKnown(service.name, SIGNED.get(name, f"{NO_OPERATION}: {name}")),)


def _signed(service: ServiceMethods, arguments: Texts) -> Outcome:
    found: list[Sent | NotKnown] = []
    given = {key.removeprefix("Params."): texts for key, texts in arguments.items() if key.startswith("Params.")}
    for text in arguments.get("ClientMethod", ()):
        method = text_or_none(text)
        operation = service.methods.get(method or "")
        if operation is None:
            found.append(NotKnown(service.name, "the operation that is signed is not known"))
        else:
            found.append(Sent(service.name, f"generate_presigned_url({method})", (operation,), given))
    return tuple(found) or (NotKnown(service.name, "the operation that is signed is not known"),)


def _repeated(owner: Repeated, client: Client, name: str, arguments: Texts) -> Outcome:
    service = _service(client.service, client.source)
    if isinstance(service, NotKnown):
        return (service,) if name in ("paginate", "wait") else ()
    if owner.kind == "paginator" and name == "paginate":
        operation = service.methods.get(owner.name)
        if operation is None:
            return (NotKnown(service.name, "the operation that is paged through is not known"),)
        return (Sent(service.name, f"paginate({owner.name})", (operation,), arguments),)
    if owner.kind == "waiter" and name == "wait":
        operation = service.waiters.get(owner.name)
        if operation is None:
            return (NotKnown(service.name, "the operation that is waited for is not known"),)
        given = {key: texts for key, texts in arguments.items() if not key.startswith("WaiterConfig")}
        return (Sent(service.name, f"wait({owner.name})", (operation,), given),)
    return ()


def _transfer(service: str, name: str, method: str, arguments: Texts) -> Outcome:
    operations = LARGE_FILES.get(name)
    if operations is None:
        return () if name in ("shutdown", "__enter__") else (NotKnown(service, f"{NO_OPERATION}: {name}"),)
    named = {LOWER_CASE.get(key, key): texts for key, texts in arguments.items()}
    extra = {
        key.partition(".")[2]: texts
        for key, texts in named.items()
        if key.partition(".")[0] in ("ExtraArgs", "extra_args")
    }
    given = {key: texts for key, texts in named.items() if key.partition(".")[0] not in NOT_SENT} | extra
    sent = Sent(service, method, operations, given)
    if name != "copy":
        return (sent,)
    read = {key.removeprefix("CopySource."): texts for key, texts in given.items() if key.startswith("CopySource.")}
    return (Sent(service, method, DOWNLOAD, read), sent)


def _by_resource(owner: Resource, name: str, arguments: Texts) -> Outcome:
    service = _service(owner.service, owner.source)
    if isinstance(service, NotKnown):
        return (service,) if name not in SILENT_RESOURCE else ()
    if not name:
        return (NotKnown(service.name, COMPUTED),)
    methods = service.resources.get(owner.type)
    label = f"{owner.type}.{name}" if owner.type else name
    if methods is None:
        return (NotKnown(service.name, f"the SDK has no such resource: {owner.type or service.name}"),)
    if name in methods.has or name in SILENT_RESOURCE:
        return ()
    if name in methods.actions:
        return _asked(service, owner, label, methods.actions[name], arguments)
    if name in ("load", "reload") and methods.load is not None:
        return _asked(service, owner, label, methods.load, {})
    if name in methods.waiters:
        waiter = methods.waiters[name]
        request = Request(service.waiters.get(waiter.operation, ""), waiter.given)
        return _asked(service, owner, label, request, arguments)
    if name == "batch_writer" and (service.name, owner.type) == ("dynamodb", "Table"):
        return _asked(service, owner, label, Request("BatchWriteItem", {"TableName": "name"}), {})
    if service.name == "s3" and (owner.type, name) in SIGNATURES:
        own = {"Bucket": "name"} if owner.type == "Bucket" else {"Bucket": "bucket_name", "Key": "key"}
        return _transfer("s3", name, label, {**arguments, **_given(owner, own)})
    if service.name == "ec2" and name in TAGS:
        ids = {"Resources": methods.identifiers[0]} if methods.identifiers else {}
        return _asked(service, owner, label, Request(TAGS[name], ids), arguments)
    return (NotKnown(service.name, f"{NO_OPERATION}: {label}"),)


def _asked(service: ServiceMethods, owner: Resource, label: str, request: Request, arguments: Texts) -> Outcome:
    if not request.operation:
        return ()
    return (Sent(service.name, label, (request.operation,), {**arguments, **_given(owner, request.given)}),)


def _given(owner: Resource, given: Mapping[str, str]) -> Texts:
    """The parameters that identifiers fill; paths into lists lose what only JMESPath needs."""
    known = dict(owner.identifiers)
    plain = {target.replace("[]", "").replace("[*]", "").replace("[0]", ""): name for target, name in given.items()}
    return {target: known[name] for target, name in plain.items() if known.get(name)}


def _by_collection(owner: Collection, name: str, arguments: Texts) -> Outcome:
    service = _service(owner.owner.service, owner.owner.source)
    if isinstance(service, NotKnown):
        return (service,)
    methods = service.resources.get(owner.owner.type)
    many = methods.many.get(owner.name) if methods is not None else None
    if many is None:
        return (NotKnown(service.name, f"the SDK has no such collection: {owner.name}"),)
    label = f"{owner.owner.type}.{owner.name}" if owner.owner.type else owner.name
    filters = {**dict(owner.arguments), **(arguments if name == "filter" else {})}
    listed = _asked(service, owner.owner, label, many, filters)
    if name in CHAINED_METHODS or name == "__iter__":
        return listed
    of_items = service.resources.get(many.gives.type) if many.gives is not None else None
    batch = of_items.batch.get(name) if of_items is not None else None
    if batch is None:
        return (NotKnown(service.name, f"{NO_OPERATION}: {label}.{name}"),)
    # A batch is about the same bucket, queue or instance group as the list: what both are given fills it.
    shared = {key: texts for each in listed if isinstance(each, Sent) for key, texts in each.arguments.items()}
    given = {key: shared[key] for key in batch.given if key in shared}
    return (*listed, Sent(service.name, f"{label}.{name}", (batch.operation,), {**arguments, **given}))


def lists_by(owner: Collection) -> Outcome:
    """What going through a collection sends."""
    return _by_collection(owner, "__iter__", {})


def loads(owner: Resource, attr: str) -> Outcome:
    """What reading an attribute of a resource sends, where it is not there yet."""
    methods = resource_methods(owner)
    service = service_methods(owner.service)
    if owner.loaded or methods is None or service is None or methods.load is None:
        return ()
    if attr not in methods.attributes or attr in methods.identifiers:
        return ()
    return _asked(service, owner, f"{owner.type}.{attr}", methods.load, {})


def is_chained(name: str) -> bool:
    """Whether a method of a collection gives the collection again."""
    return name in CHAINED_METHODS


def _only(arguments: Texts, *names: str) -> Texts:
    return {name: arguments[name] for name in names if name in arguments}
