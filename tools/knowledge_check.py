"""Proves that the names in the knowledge files exist in the libraries that are installed here.

`python tools/knowledge_check.py` imports each library that a file speaks for, looks up every name and every alias,
and exits 1 when one is missing. Libraries that are not installed are listed, never passed over in silence.
botocore's client methods are looked up in its own service descriptions.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sys
import textwrap
import tomllib
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from migrator.knowledge.lookup import shipped_files
from migrator.knowledge.schema import LibraryFile, validate

CLIENTS = {
    "S3": "s3",
    "SQS": "sqs",
    "SNS": "sns",
    "DynamoDB": "dynamodb",
    "SES": "ses",
    "SESV2": "sesv2",
    "EventBridge": "events",
    "Kinesis": "kinesis",
    "Firehose": "firehose",
    "SFN": "stepfunctions",
    "RDSDataService": "rds-data",
    "Lambda": "lambda",
}
_ABSENT = object()


def main() -> int:
    """Check every file and print what was found."""
    warnings.simplefilter("ignore")
    set_up_django()
    checked, missing, absent = 0, [], set()
    for path in shipped_files():
        file = validate(tomllib.loads(path.read_text(encoding="utf-8")), source=path.name)
        for name in names_of(file):
            distributed = distributed_part(name)
            if not installed(distributed):
                absent.add(distributed)
            elif exists(name):
                checked += 1
            else:
                missing.append(f"{path.name}: {name}")
    sys.stdout.write(f"{checked} names exist; Python {sys.version_info.major}.{sys.version_info.minor}\n")
    if absent:
        sys.stdout.write(f"not installed here, so not checked: {', '.join(sorted(absent))}\n")
    for name in missing:
        sys.stdout.write(f"missing: {name}\n")
    return 1 if missing else 0


def set_up_django() -> None:
    """Much of Django, and what is made for it, can only be imported in a project that is set up."""
    if importlib.util.find_spec("django") is None:
        return
    import django
    from django.conf import settings

    applications = ["contenttypes", "auth", "sessions", "messages", "staticfiles", "admin", "sites"]
    settings.configure(
        INSTALLED_APPS=[f"django.contrib.{name}" for name in applications],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        USE_TZ=True,
    )
    django.setup()


def names_of(file: LibraryFile) -> Iterator[str]:
    """Names, wildcards without their star, and aliases, without what the file says is not to be looked for."""
    names = [name.removesuffix(".*") for entry in file.entry for name in entry.qualified()]
    names += [base for entry in file.entry for base in entry.bases]
    names += [alias for entry in file.entry for alias in entry.aliases]
    names += [*file.alias.values()]
    for name in dict.fromkeys(names):
        if not any(name == prefix or name.startswith(f"{prefix}.") for prefix in file.unchecked):
            yield name


def distributed_part(name: str) -> str:
    """The top-level module, or the module in it where that is a namespace which several distributions share."""
    top, _, rest = name.partition(".")
    shared = rest and getattr(load(top), "__path__", None) is not None and getattr(load(top), "__file__", None) is None
    return f"{top}.{rest.partition('.')[0]}" if shared else top


@cache
def installed(module: str) -> bool:
    """Whether the module can be found."""
    return load(module) is not _ABSENT


@cache
def load(module: str) -> Any:
    """The module, or `_ABSENT`."""
    try:
        return importlib.import_module(module)
    except (ImportError, AttributeError, RuntimeError, SyntaxError):
        return _ABSENT


@cache
def exists(name: str) -> bool:
    """Whether a dotted name leads to something, through modules, classes and the attributes of their instances."""
    parts = name.split(".")
    if name.startswith("botocore.client.") and parts[2] in CLIENTS:
        return len(parts) == 3 or client_has(CLIENTS[parts[2]], parts[3])
    for depth in range(len(parts), 0, -1):
        module = load(".".join(parts[:depth]))
        if module is not _ABSENT:
            return _reaches(module, parts[depth:])
    return False


def _reaches(value: Any, parts: list[str]) -> bool:
    for position, part in enumerate(parts):
        try:
            found = inspect.getattr_static(value, part, _ABSENT)
            if found is _ABSENT:
                found = getattr(value, part, _ABSENT)
        except Exception:
            found = _ABSENT
        if found is _ABSENT:
            return position == len(parts) - 1 and inspect.isclass(value) and _on_instances(value, part)
        # By its type, since asking a lazy object for its class makes it.
        if issubclass(type(found), (staticmethod, classmethod)):
            found = found.__func__
        value = found
    return True


def _on_instances(cls: type, attribute: str) -> bool:
    """Whether some method of the class or its bases sets the attribute, or the class annotates it."""
    for base in cls.__mro__:
        if attribute in getattr(base, "__annotations__", {}):
            return True
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Store):
                return True
    return False


@cache
def client_has(service: str, method: str) -> bool:
    """Whether botocore describes the operation, or a client gets the method from elsewhere."""
    from boto3.s3 import inject
    from botocore import client, signers, xform_name
    from botocore.session import Session

    if any(hasattr(home, method) for home in (client.BaseClient, signers, inject)) or method in ("meta", "exceptions"):
        return True
    model = Session().get_service_model(service)
    return method in {xform_name(operation) for operation in model.operation_names}


if __name__ == "__main__":
    sys.exit(main())
