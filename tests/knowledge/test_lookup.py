"""How a dotted name finds its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.domain.effects import Effect
from migrator.errors import InputError
from migrator.knowledge import RECEIVER, Access, Kind, Knowledge, Origin, load_knowledge


def knowledge(tmp_path: Path, text: str) -> Knowledge:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return load_knowledge([file])


LADDER = """
modules = ["lab"]
[alias]
"lab.inner.Thing" = "lab.Thing"
"lab.old" = "lab.inner"
[[entry]]
names = ["lab.*"]
pure = true
[[entry]]
names = ["lab.net.*"]
effects = ["http-out"]
reason = "calls out"
[[entry]]
names = ["lab.net.quiet"]
pure = true
[[entry]]
names = ["lab.Base"]
kind = "class"
pure = true
[[entry]]
names = ["lab.Base.save"]
effects = ["database"]
reason = "saves"
[[entry]]
names = ["lab.Thing"]
kind = "class"
bases = ["lab.Base"]
pure = true
[[entry]]
names = ["lab.Odd"]
kind = "class"
bases = ["lab.Thing"]
pure = true
[[entry]]
names = ["lab.Odd.*"]
effects = ["cache"]
reason = "is odd"
[[entry]]
names = ["lab.Heir"]
kind = "class"
bases = ["lab.Odd"]
pure = true
"""


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("lab.anything", "lab.*"),
        ("lab.net.post", "lab.net.*"),
        ("lab.net.quiet", "lab.net.quiet"),
        ("lab.net.quiet.deeper", "lab.net.*"),
        ("lab.Thing.save", "lab.Base.save"),
        ("lab.inner.Thing.save", "lab.Base.save"),
        ("lab.old.Thing.save", "lab.Base.save"),
        ("lab.Odd.save", "lab.Base.save"),
        ("lab.Odd.other", "lab.Odd.*"),
        ("lab.Heir.other", "lab.Odd.*"),
        ("lab.Thing", "lab.Thing"),
    ],
)
def test_exact_then_inherited_then_longest_wildcard(tmp_path: Path, asked: str, answered: str) -> None:
    entry = knowledge(tmp_path, LADDER).lookup(asked)
    assert entry is not None
    assert entry.name == answered


def test_unknown_names_have_no_entry(tmp_path: Path) -> None:
    known = knowledge(tmp_path, LADDER)
    assert known.lookup("labs.thing") is None
    assert known.lookup("lab") is None
    assert known.lookup("nobody.knows.this") is None
    assert not known.is_known_library("nobody")
    assert known.is_known_library("lab.net.deeper")


def test_an_alias_that_goes_round_ends(tmp_path: Path) -> None:
    known = knowledge(tmp_path, 'modules = ["a"]\n[alias]\n"a.b" = "a.c"\n"a.c" = "a.b"\n')
    assert known.lookup("a.b.d") is None


def test_ancestors_are_nearest_first(tmp_path: Path) -> None:
    assert knowledge(tmp_path, LADDER).ancestors("lab.Odd") == ("lab.Odd", "lab.Thing", "lab.Base")


def test_a_users_file_wins_over_what_ships(tmp_path: Path) -> None:
    known = knowledge(
        tmp_path,
        'modules = ["requests"]\n[[entry]]\nnames = ["requests.get"]\neffects = ["cache"]\nreason = "is a fake"\n',
    )
    changed, kept = known.lookup("requests.api.get"), known.lookup("requests.Session.get")
    assert changed is not None and changed.effects == (Effect.CACHE,)
    assert kept is not None and kept.effects == (Effect.HTTP_OUT,)


@pytest.mark.parametrize(
    ("asked", "effects"),
    [
        ("requests.Session.get", {Effect.HTTP_OUT}),
        ("requests.sessions.Session.post", {Effect.HTTP_OUT}),
        ("sqlalchemy.orm.session.Session.execute", {Effect.DATABASE}),
        ("sqlalchemy.orm.scoped_session.commit", {Effect.DATABASE}),
        ("sqlalchemy.select", set()),
        ("flask.globals.request", {Effect.REQUEST_CONTEXT}),
        ("flask.current_app", set()),
        ("os.environ", {Effect.ENVIRONMENT}),
        ("json.dumps", set()),
        ("logging.Logger.warning", set()),
        ("smtplib.SMTP.send_message", {Effect.EMAIL}),
        ("subprocess.run", {Effect.SUBPROCESS}),
        ("threading.Thread.start", {Effect.BACKGROUND}),
        ("socketserver.ThreadingTCPServer.serve_forever", {Effect.UNBOUNDED}),
        ("tempfile.NamedTemporaryFile", {Effect.TEMP_DISK}),
        ("redis.client.StrictRedis.set", {Effect.CACHE}),
        ("botocore.client.S3.put_object", {Effect.OBJECT_STORAGE}),
        ("botocore.client.DynamoDB.query", {Effect.DATABASE}),
        ("celery.Task.delay", {Effect.ENQUEUE}),
        ("django.db.models.QuerySet.count", {Effect.DATABASE}),
        ("django.core.cache.cache.get", {Effect.CACHE}),
        ("django.core.mail.send_mail", {Effect.EMAIL}),
        ("stripe.Charge.create", {Effect.HTTP_OUT}),
        ("sentry_sdk.capture_exception", set()),
    ],
)
def test_what_ships_knows(asked: str, effects: set[Effect]) -> None:
    entry = load_knowledge().lookup(asked)
    assert entry is not None
    assert set(entry.effects) == effects
    assert bool(entry.reason) or not effects


@pytest.mark.parametrize("method", ["flush", "rollback", "refresh", "bulk_save_objects"])
def test_whatever_a_session_is_asked_it_asks_the_database(method: str) -> None:
    for owner in ("sqlalchemy.orm.Session", "sqlalchemy.orm.scoped_session"):
        entry = load_knowledge().lookup(f"{owner}.{method}")
        assert entry is not None
        assert entry.effects == (Effect.DATABASE,)


def test_a_file_function_says_which_argument_is_the_path() -> None:
    known = load_knowledge()
    opened, written = known.lookup("builtins.open"), known.lookup("pathlib.Path.write_text")
    assert opened is not None and written is not None
    assert opened.paths[0].access is Access.MODE
    assert opened.paths[0].mode is not None and opened.paths[0].mode.position == 1
    assert written.paths[0].path.position == RECEIVER
    temp, joined = known.lookup("tempfile.gettempdir"), known.lookup("os.path.join")
    assert temp is not None and temp.origin is Origin.TEMP
    assert joined is not None and joined.derives == 0


def test_the_type_of_a_client_depends_on_the_service() -> None:
    entry = load_knowledge().lookup("boto3.client")
    assert entry is not None and entry.by_argument is not None
    assert entry.by_argument.returns["s3"] == "botocore.client.S3"


def test_a_class_gives_instances_of_itself() -> None:
    entry = load_knowledge().lookup("requests.Session")
    assert entry is not None and entry.kind is Kind.CLASS and entry.returns == "requests.Session"


def test_loading_is_lazy() -> None:
    known = load_knowledge()
    assert known._read == set()
    known.lookup("requests.get")
    assert {Path(name).name for name in known._read} == {"requests.toml"}


def test_a_users_file_is_checked_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_knowledge([tmp_path / "missing.toml"])
