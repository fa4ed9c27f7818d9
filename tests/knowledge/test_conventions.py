"""What counts as an effect by the vocabulary, said of the names where it is easily got wrong."""

from __future__ import annotations

import pytest

from migrator.domain.effects import Effect
from migrator.knowledge import Access, load_knowledge
from tests.support.programs import effects_of, model_of

KNOWN = load_knowledge()


@pytest.mark.parametrize(
    "name",
    [
        *(f"os.path.{name}" for name in ("exists", "isfile", "isdir", "islink", "getsize", "getmtime")),
        *(f"os.{name}" for name in ("stat", "lstat", "listdir", "scandir", "walk", "umask")),
        *(f"pathlib.Path.{name}" for name in ("exists", "is_dir", "is_file", "stat", "iterdir", "glob")),
        "glob.glob",
        "socket.getfqdn",
        "socket.gethostname",
        "django.core.files.storage.FileSystemStorage.exists",
    ],
)
def test_known_and_without_effect(name: str) -> None:
    entry = KNOWN.lookup(name)
    assert entry is not None
    assert not entry.effects and not entry.paths


@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("codecs.open", Access.MODE),
        ("aiofiles.open", Access.MODE),
        ("xml.dom.minidom.parse", Access.READ),
        ("xml.etree.ElementTree.ElementTree.write", Access.WRITE),
        ("toml.load", Access.READ),
        ("defusedxml.ElementTree.parse", Access.READ),
        ("pandas.ExcelWriter", Access.WRITE),
    ],
)
def test_files_are_seen(name: str, access: Access) -> None:
    entry = KNOWN.lookup(name)
    assert entry is not None
    assert [path.access for path in entry.paths] == [access]


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("os.chdir", Effect.PROCESS_STATE_WRITE),
        ("socket.setdefaulttimeout", Effect.PROCESS_STATE_WRITE),
        ("locale.setlocale", Effect.PROCESS_STATE_WRITE),
        ("mimetypes.add_type", Effect.PROCESS_STATE_WRITE),
        ("resource.setrlimit", Effect.PROCESS_STATE_WRITE),
        ("urllib.robotparser.RobotFileParser.read", Effect.HTTP_OUT),
        ("six.moves.urllib.request.urlopen", Effect.HTTP_OUT),
        ("psycopg2.extras.execute_values", Effect.DATABASE),
        ("rest_framework.authtoken.models.Token.save", Effect.DATABASE),
        ("django.core.files.storage.Storage.listdir", Effect.OBJECT_STORAGE),
        ("django.core.files.storage.FileSystemStorage.save", Effect.LOCAL_DISK_WRITE),
    ],
)
def test_effects_are_seen(name: str, effect: Effect) -> None:
    entry = KNOWN.lookup(name)
    assert entry is not None
    assert effect in entry.effects


OPEN = """
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django.utils.module_loading import import_string
from django.views import View
class Shelf(models.Model):
    thing = GenericForeignKey("kind", "number")
    def of_a_relation_elsewhere(self): return self.widgets.filter(x=1)
    def of_any_table(self): return self.thing.save()
class Page(View):
    def get(self, request): return request.event.things.filter(x=1)
    def post(self, request): return self.mystery.save()
def by_name(name): return apps.get_model(name).objects.first()
def loaded(name): return import_string(name)()
"""


@pytest.mark.parametrize(
    "name", ["Shelf.of_a_relation_elsewhere", "Shelf.of_any_table", "Page.get", "Page.post", "by_name", "loaded"]
)
def test_what_an_application_hangs_on_a_library_object_is_not_taken_for_data(name: str) -> None:
    calls = model_of(OPEN).summary(f"app.{name}").unresolved
    assert calls
    assert not any(call.harmless_because for call in calls)


FILES = """
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models
class Paper(models.Model):
    file = models.FileField()
    def read(self): return self.file.read()
    def size(self): return self.file.size
    def address(self): return self.file.url
def listed(): return default_storage.listdir("")
def kept(): FileSystemStorage("/srv").save("a", None)
def looked(): return FileSystemStorage("/srv").exists("a")
"""


@pytest.mark.parametrize(
    ("name", "effects"),
    [
        ("Paper.read", {"object-storage"}),
        ("Paper.size", {"object-storage"}),
        ("Paper.address", set()),
        ("listed", {"object-storage"}),
        ("kept", {"local-disk-write"}),
        ("looked", set()),
    ],
)
def test_storages(name: str, effects: set[str]) -> None:
    assert set(effects_of(FILES, f"app.{name}")) == effects


def test_a_model_that_is_named_is_that_model() -> None:
    source = """
from django.apps import apps
from django.db import models
class Shelf(models.Model):
    def shout(self):
        import requests
        requests.get("https://example.test")
def start(): apps.get_model("app", "Shelf").objects.first().shout()
"""
    assert set(effects_of(source)) == {"database", "http-out"}
