"""Proves that the names in the knowledge files exist in the libraries that they speak of.

usage: knowledge_check.py [--installed]

`make knowledge-check` runs it in an environment of its own, which holds every described library, pinned in
requirements-knowledge.txt. Each name is looked up by importing what it lies in. Where a wheel is there but its module
cannot be imported (it needs a system library, a server or a setting), the name is looked up in the wheel's source;
the modules are listed. A name that only another release of the library has is looked up in the source of that
release (`APART`, requirements-knowledge-apart.txt). botocore's client methods are looked up in its own service
descriptions. Exit 1: a name is missing, a library is neither installed nor in `WITHOUT_WHEEL`, or an exemption is
needless.

With `--installed`, only the libraries that the running environment happens to have are checked, the rest listed.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import logging
import re
import sys
import sysconfig
import textwrap
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from migrator.knowledge.lookup import shipped_files
from migrator.knowledge.schema import EntrySpec, LibraryFile, validate
from tools.knowledge_source import Sources, set_on_self


@dataclass(frozen=True)
class Apart:
    """A release that has a name which the pinned one has not."""

    pin: str  # a line of requirements-knowledge-apart.txt
    reason: str
    spelled: str = ""  # the name that it has there, where that is another one


# Libraries that no wheel of can be had, on any platform.
WITHOUT_WHEEL = {
    "amazon_kclpy": "only its source is released, and building that fetches Java archives",
    "ldap": "python-ldap is only released as source, which needs the headers of OpenLDAP and SASL to be built",
}

# Names, or prefixes of them, that are looked up in another release.
APART = {
    "MySQLdb": Apart("mysqlclient==2.3.2", "its wheels are for Windows alone; for Linux there is only source"),
    "django.conf.urls.url": Apart("Django==3.2.25", "gone from Django 4; most of what is older has its routes in it"),
    "django.contrib.auth.base_user.BaseUserManager.make_random_password": Apart(
        "Django==3.2.25", "gone from Django 5.1"
    ),
    "django.core.files.storage.get_storage_class": Apart("Django==3.2.25", "gone from Django 5.1"),
    "django.tasks": Apart("Django==6.0.10", "new in Django 6, which needs Python 3.12"),
    "flask_sqlalchemy.BaseQuery": Apart("Flask-SQLAlchemy==2.5.1", "gone from Flask-SQLAlchemy 3"),
    "pandas.DataFrame.to_gbq": Apart("pandas==2.3.3", "gone from pandas 3, for pandas-gbq"),
    "pandas.read_gbq": Apart("pandas==2.3.3", "gone from pandas 3, for pandas-gbq"),
    "pydantic.BaseSettings": Apart("pydantic==1.10.27", "in a distribution of its own since pydantic 2"),
    "rest_framework.decorators.detail_route": Apart("djangorestframework==3.8.2", "`action` since 3.8; gone from 3.10"),
    "rest_framework.decorators.list_route": Apart("djangorestframework==3.8.2", "`action` since 3.8; gone from 3.10"),
    **{
        f"sqlalchemy.Engine.{name}": Apart(
            "SQLAlchemy==1.4.54", "gone from SQLAlchemy 2", f"sqlalchemy.engine.Engine.{name}"
        )
        for name in ("execute", "scalar", "table_names", "has_table", "run_callable", "transaction")
    },
}

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
_FOLDERS = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
unimportable: dict[str, str] = {}  # modules that are there, with the error of importing them


@dataclass
class Findings:
    """What a run over some files found."""

    proven: Counter[str] = field(default_factory=Counter)
    run_time: int = 0
    missing: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    needless: list[str] = field(default_factory=list)
    broad: list[str] = field(default_factory=list)
    elsewhere: int = 0  # left to the environment that holds all of them


def main(arguments: Sequence[str] | None = None) -> int:
    """Check every file and print what was found."""
    warnings.simplefilter("ignore")
    logging.disable()
    set_up_django()
    only_installed = "--installed" in (sys.argv[1:] if arguments is None else arguments)
    files = {
        path.name: validate(tomllib.loads(path.read_text(encoding="utf-8")), source=path.name)
        for path in shipped_files()
    }
    findings = check(files, only_installed=only_installed)
    print(f"{findings.proven.total()} names exist; Python {sys.version_info.major}.{sys.version_info.minor}")
    print(f"  {', '.join(f'{count} {way}' for way, count in findings.proven.most_common())}")
    print(f"  {findings.run_time} more are `unchecked` in their file: made at run time, or of another Python or system")
    if unimportable:
        print(
            f"read from source, since importing fails: {', '.join(f'{name} ({error})' for name, error in sorted(unimportable.items()))}"
        )
    if only_installed:
        print(
            f"not installed here, so not checked: {', '.join(sorted(findings.absent))}; {findings.elsewhere} names of other releases"
        )
        findings.absent.clear()
    for name, reason in WITHOUT_WHEEL.items():
        print(f"without a wheel, so not checked: {name}: {reason}")
    for text in [
        *(f"missing: {name}" for name in findings.missing),
        *(f"not installed, and not in WITHOUT_WHEEL: {name}" for name in sorted(findings.absent)),
        *(f"needless: {text}" for text in findings.needless),
        *(f"too broad, since it is a module: unchecked {text}" for text in findings.broad),
    ]:
        print(text)
    return 1 if findings.missing or findings.absent or findings.needless or findings.broad else 0


def check(
    files: Mapping[str, LibraryFile],
    *,
    only_installed: bool = False,
    without_wheel: Mapping[str, str] = WITHOUT_WHEEL,
    apart: Mapping[str, Apart] = APART,
    apart_root: Path = Path(sys.prefix) / "apart",
) -> Findings:
    """Look up every name of the files, and every exemption that is made."""
    findings, used, done, excused = Findings(), set(), set(), set()
    unchecked = [(source, prefix) for source, file in files.items() for prefix in file.unchecked]
    for source, file in files.items():
        for name in names_of(file):
            exempt = [(by, prefix) for by, prefix in unchecked if below(name, prefix)]
            if name in done:
                continue
            done.add(name)
            other = next((prefix for prefix in apart if below(name, prefix)), None)
            distributed = distributed_part(name)
            # Each Python and each system has another standard library.
            if other is None and not installed(distributed) and distributed not in sys.stdlib_module_names:
                if distributed in without_wheel:
                    used.add(distributed)
                else:
                    findings.absent.add(distributed)
            elif way := proof(name) if installed(distributed) else "":
                findings.proven[way] += 1
            elif other is None and exempt:
                findings.run_time += 1
                excused.update(exempt)
            elif other is None:
                findings.missing.append(f"{source}: {name}")
            elif only_installed:
                findings.elsewhere += 1
            else:
                used.add(other)
                there = apart[other]
                if _sources_of(apart_root / there.pin).has((there.spelled or other) + name[len(other) :]):
                    findings.proven["in the source of another release"] += 1
                else:
                    findings.missing.append(f"{source}: {name} (in {there.pin})")
    if not only_installed:
        findings.needless += [f"{name} in WITHOUT_WHEEL" for name in without_wheel if name not in used]
        findings.needless += [f"{name} in APART" for name in apart if name not in used]
        findings.needless += [
            f"unchecked {prefix} in {source}"
            for source, prefix in unchecked
            if (source, prefix) not in excused and prefix.partition(".")[0] not in sys.stdlib_module_names
        ]
        # A whole module is never made at run time; what it has would be excused with it.
        findings.broad += [
            f"{prefix} in {source}"
            for source, prefix in unchecked
            if sources().find(prefix) is not None and prefix.partition(".")[0] not in sys.stdlib_module_names
        ]
    return findings


def set_up_django() -> None:
    """Much of Django, and what is made for it, can only be imported in a project that is set up."""
    if importlib.util.find_spec("django") is None:
        return
    import django
    from django.conf import settings

    shipped = "contenttypes auth sessions messages staticfiles admin sites flatpages redirects"
    others = ["rest_framework", "rest_framework_simplejwt.token_blacklist", "django_celery_results"]
    settings.configure(
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in shipped.split()),
            *(name for name in others if importlib.util.find_spec(name.partition(".")[0]) is not None),
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        USE_TZ=True,
        SECRET_KEY="only names are looked up",
    )
    django.setup()


def names_of(file: LibraryFile) -> Iterator[str]:
    """Each dotted name that the file says, once; wildcards without their star."""
    names = [*file.modules, *file.alias, *file.alias.values()]
    for entry in file.entry:
        names += [*entry.qualified(), *entry.bases, *entry.aliases, *_said_in(entry)]
    yield from dict.fromkeys(name.removesuffix(".*") for name in names)


def _said_in(entry: EntrySpec) -> Iterator[str]:
    """The names in what an entry returns and runs: `builtins.list[a.B]`, `=instance(a.b.C)`."""
    returned = [entry.returns]
    if entry.by_argument is not None:
        returned += [*entry.by_argument.returns.values(), entry.by_argument.otherwise]
    for text in returned:
        if not text.startswith("="):
            yield from re.findall(r"[A-Za-z_]\w*(?:\.\w+)+", text)
    for text in [*entry.runs, *(text[1:] for text in returned if text.startswith("="))]:
        yield from _library_names(ast.parse(text, mode="eval").body)


def _library_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        name = ast.unparse(node)
        if re.fullmatch(r"[\w.]+", name):
            if not re.match(r"(self|item|argument\d+)\.", name):
                yield name
            return
    for child in ast.iter_child_nodes(node):
        yield from _library_names(child)


def below(name: str, prefix: str) -> bool:
    """Whether the name is the prefix, or lies in it."""
    return name == prefix or name.startswith(f"{prefix}.")


def distributed_part(name: str) -> str:
    """The top-level module, or the module in it where that is a namespace which several distributions share."""
    top, _, rest = name.partition(".")
    shared = rest and getattr(load(top), "__path__", None) is not None and getattr(load(top), "__file__", None) is None
    return f"{top}.{rest.partition('.')[0]}" if shared else top


@cache
def sources() -> Sources:
    """What can be read of the modules on the path and of the environment."""
    return Sources([*map(Path, filter(None, sys.path)), *_FOLDERS])


@cache
def installed(module: str) -> bool:
    """Whether the module can be found."""
    return load(module) is not _ABSENT or sources().find(module) is not None


@cache
def _sources_of(folder: Path) -> Sources:
    return Sources([folder, *_FOLDERS])


@cache
def load(module: str) -> Any:
    """The module, or `_ABSENT`."""
    try:
        return importlib.import_module(module)
    except (Exception, SystemExit) as error:  # a library may raise anything when what it needs is not there
        if sources().find(module) is not None:
            unimportable[module] = type(error).__name__
        return _ABSENT


@cache
def proof(name: str) -> str:
    """How a dotted name was found, through modules, classes and the attributes of their instances; empty if not."""
    parts = name.split(".")
    if name.startswith("botocore.client.") and parts[2] in CLIENTS:
        found = len(parts) == 3 or (len(parts) == 4 and client_has(CLIENTS[parts[2]], parts[3]))
        return "in botocore's descriptions" if found else ""
    for depth in range(len(parts), 0, -1):
        module = load(".".join(parts[:depth]))
        if module is not _ABSENT:
            if _reaches(module, parts[depth:]):
                return "by import"
            break
    # Only what lies in a module that cannot be imported is believed from its source.
    if any(".".join(parts[:depth]) in unimportable for depth in range(1, len(parts) + 1)) and sources().has(name):
        return "in the source"
    return ""


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
    """Whether some method of the class or its bases sets the attribute on its object, or the class annotates it."""
    for base in cls.__mro__:
        if attribute in getattr(base, "__annotations__", {}):
            return True
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        if any(attribute in set_on_self(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
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
