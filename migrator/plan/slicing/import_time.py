"""What a slice does when it is imported, which is when an environment of the function starts.

In: the carried code, the `Cut`. Out: `Kept` values, each with its place: clients and engines that are made, applications,
settings of the process, tables that are filled. What stays behind of such things is told by `findings`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrator.domain.plans import Kept
from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.carried import Carried
from migrator.plan.slicing.closure import Closure
from migrator.plan.slicing.syntax import UnitKind

_CLIENT = "makes a client once an environment; it connects at its first use"
_OPENS = "opens a connection when the module is imported, in every environment"
_CALLS = "asks another service when the module is imported, in every environment"
_PROCESS = "changes the process that the function shares with its handler"
# What calls of libraries do at import, by absolute name; each as its own documentation says.
_KNOWN: Mapping[str, str] = {
    "atexit.register": "is run when an environment ends, if it is ended in peace: Lambda gives it 0 to 2 s",
    "boto3.client": _CLIENT,
    "boto3.resource": _CLIENT,
    "celery.Celery": "makes a Celery application; it connects when something is sent",
    "django.setup": "starts Django: all its applications and models are loaded",
    "elasticsearch.Elasticsearch": _CLIENT,
    "flask.Flask": "makes a Flask application",
    "flask_sqlalchemy.SQLAlchemy": "makes an engine once its application is started; it connects at the first query",
    "httpx.Client": _CLIENT,
    "httpx.get": _CALLS,
    "kafka.KafkaConsumer": _OPENS,
    "kafka.KafkaProducer": _OPENS,
    "locale.setlocale": _PROCESS,
    "logging.basicConfig": _PROCESS,
    "logging.config.dictConfig": _PROCESS,
    "logging.config.fileConfig": _PROCESS,
    "mysql.connector.connect": _OPENS,
    "psycopg.connect": _OPENS,
    "psycopg2.connect": _OPENS,
    "pymongo.MongoClient": "makes a client that connects in threads of its own at once",
    "pymysql.connect": _OPENS,
    "redis.ConnectionPool": _CLIENT,
    "redis.Redis": _CLIENT,
    "redis.StrictRedis": _CLIENT,
    "redis.from_url": _CLIENT,
    "requests.Session": _CLIENT,
    "requests.get": _CALLS,
    "requests.post": _CALLS,
    "requests.session": _CLIENT,
    "sentry_sdk.init": "starts a reporter with a thread of its own",
    "signal.signal": _PROCESS,
    "socket.setdefaulttimeout": _PROCESS,
    "sqlalchemy.create_engine": "makes an engine; it connects at the first query",
    "sqlite3.connect": _OPENS,
    "subprocess.check_output": "runs another program when the module is imported, in every environment",
    "subprocess.run": "runs another program when the module is imported, in every environment",
    "threading.Thread": "makes a thread; one that is started stands still between two events",
    "urllib.request.urlopen": _CALLS,
}
_LIBRARIES = frozenset(called.partition(".")[0] for called in _KNOWN)
_SHOWN = 80


def import_time(carried: Mapping[str, Carried], closure: Closure) -> tuple[Kept, ...]:
    """Everything worth knowing, in the order of modules and lines."""
    found: dict[Kept, None] = {}
    for name, each in carried.items():
        known = dict(_known(each))
        lines = {**known, **dict(_filled(name, each, closure, known))}
        found.update(dict.fromkeys(lines[line] for line in sorted(lines)))
    return tuple(found)


def _known(carried: Carried) -> Iterator[tuple[int, Kept]]:
    if not carried.imports.once(_calls_known, carried.file.name):
        return
    for statement in carried.statements():
        for node in _at_import(statement):
            if isinstance(node, ast.Call):
                called = absolute_name(node.func, carried.names, carried.file)
                if called in _KNOWN:
                    yield statement.lineno, Kept(_shown(carried, statement), _KNOWN[called], str(carried.at(statement)))


def _calls_known(imports: ImportTree, name: str) -> bool:
    """Whether a module calls any of them, wherever: most modules do not, and need no second look."""
    names, file = imports.names(name), imports.tree.modules[name]
    return any(each.partition(".")[0] in _LIBRARIES for each in names.values()) and any(
        isinstance(call, ast.Call) and absolute_name(call.func, names, file) in _KNOWN
        for call in imports.nodes(name)[ast.Call]
    )


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs with a statement: not what stands inside a function."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _at_import(child)


def _filled(name: str, carried: Carried, closure: Closure, known: Mapping[int, Kept]) -> Iterator[tuple[int, Kept]]:
    """Statements that stay because a value that is needed changes by them."""
    for unit in closure.units.get(name, ()):
        if unit.kind is UnitKind.EFFECT and unit.location.line not in known:
            what = carried.file.text.splitlines()[unit.location.line - 1].strip()
            yield (
                unit.location.line,
                Kept(what[:_SHOWN], "kept: it changes something that the slice reads", str(unit.location)),
            )


def _shown(carried: Carried, statement: ast.stmt) -> str:
    line = carried.file.text.splitlines()[statement.lineno - 1].strip()
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
