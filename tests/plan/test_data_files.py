"""Files that the code reads from its own packages come along, byte for byte, to the place where it looks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.plan import PlannedSlice, make_plan
from tests.support.slices import assessed, monolith, planned

PACKAGE = {
    "shop/__init__.py": "",
    "shop/fonts/a.ttf": "a",
    "shop/fonts/deep/b.ttf": "b",
    "shop/texts/en.json": "{}",
    "shop/texts/de.json": "{}",
    "shop/texts/README.md": "",
    "shop/other/never.txt": "",
    "shop/sub/__init__.py": "",
    "shop/sub/own.csv": "x",
}


def carried(folder: Path, files: Mapping[str, str], name: str = "shop.views.view") -> PlannedSlice:
    return planned(folder, {**PACKAGE, **files}, name)


@pytest.mark.parametrize(
    ("head", "reads", "files"),
    [
        ("from pathlib import Path", "Path(__file__).parent / 'fonts' / 'a.ttf'", {"shop/fonts/a.ttf"}),
        ("from pathlib import Path as P", "P(__file__).resolve().parents[0].joinpath('fonts', 'a.ttf')", {"shop/fonts/a.ttf"}),
        ("from pathlib import Path", "Path(__file__).with_name('fonts') / name", {"shop/fonts/a.ttf", "shop/fonts/deep/b.ttf"}),
        ("from pathlib import Path", "(Path(__file__).parent / 'texts').glob('*.json')", {"shop/texts/en.json", "shop/texts/de.json"}),
        ("import os", "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sub', 'own.csv')", {"shop/sub/own.csv"}),
        ("import os\nHERE = os.path.dirname(__file__)", "open(HERE + '/sub/own.csv')", {"shop/sub/own.csv"}),
        ("import os\nHERE = os.path.dirname(__file__)", "open(f'{HERE}/texts/{name}.json')", {"shop/texts/en.json", "shop/texts/de.json", "shop/texts/README.md"}),
        ("from shop.places import FONTS", "FONTS / 'a.ttf'", {"shop/fonts/a.ttf"}),
        ("from shop import places", "places.FONTS / 'a.ttf'", {"shop/fonts/a.ttf"}),
        ("from importlib import resources", "resources.files('shop').joinpath('sub', 'own.csv')", {"shop/sub/own.csv"}),
        ("from importlib.resources import files", "files(__package__) / 'texts' / name", {"shop/texts/en.json", "shop/texts/de.json", "shop/texts/README.md"}),
        ("from importlib import resources\nimport shop.sub", "resources.read_text(shop.sub, 'own.csv')", {"shop/sub/own.csv"}),
        ("import pkgutil", "pkgutil.get_data(__name__, 'gone.txt'), pkgutil.get_data('shop.sub', 'own.csv')", {"shop/sub/own.csv"}),
        ("from jinja2 import PackageLoader", "PackageLoader('shop', 'texts')", {"shop/texts/en.json", "shop/texts/de.json", "shop/texts/README.md"}),
        ("from jinja2 import FileSystemLoader\nfrom pathlib import Path", "FileSystemLoader([Path(__file__).parent / 'texts'])", {"shop/texts/en.json", "shop/texts/de.json", "shop/texts/README.md"}),
    ],
)  # fmt: skip
def test_a_path_that_is_built_on_the_place_of_a_module(head: str, reads: str, files: set[str], tmp_path: Path) -> None:
    places = (
        "from pathlib import Path\nFONTS = Path(__file__).parent / 'fonts'\nUNUSED = Path(__file__).parent / 'other'\n"
    )
    text = f"{head}\n\ndef view(name):\n    return {reads}\n\ndef unused():\n    open('/x')\n"
    made = carried(tmp_path, {"shop/views.py": text, "shop/places.py": places})
    if "places" in head:
        files = files | {"shop/fonts/deep/b.ttf"}  # the constant names the folder
    assert set(made.plan.data_files) == files == set(made.data)
    for path in files:
        assert made.data[path] == (tmp_path / path).read_bytes()
        assert made.source_hashes[path] == hashlib.sha256(made.data[path]).hexdigest()


def test_files_below_a_source_folder_lie_beside_their_module(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/data/x.txt": "x",
        "data/far.txt": "y",
        "src/shop/views.py": "from pathlib import Path\n\ndef view():\n    return Path(__file__).parent / 'data' / 'x.txt', "
        "Path(__file__).parents[2] / 'data' / 'far.txt'\n",
        "pyproject.toml": "",
    }
    tree = monolith(tmp_path, files)
    assert "shop.views" in tree.modules
    made = make_plan(tree, assessed(tree, "shop.views.view"))
    assert dict(made.data) == {"shop/data/x.txt": b"x"}
    assert made.plan.data_files == ("src/shop/data/x.txt",)
    assert any("data/far.txt" in item.what and "outside of the folder" in item.reason for item in made.plan.dropped)


def test_the_place_of_a_package_alone_takes_nothing_and_an_unknown_file_of_it_is_told(tmp_path: Path) -> None:
    text = "from pathlib import Path\nROOT = Path(__file__).parent.parent\n\ndef view(name):\n    return ROOT, Path(__file__).parent / name\n"
    made = carried(tmp_path, {"shop/views.py": text})
    assert made.data == {}
    text = text.replace("/ name", "/ 'sub' / name")
    made = carried(tmp_path, {"shop/views.py": text})
    assert made.data == {}
    assert [item.what for item in made.plan.dropped] == ["shop/views.py:5:18: a file of shop/sub"]


def test_templates_are_found_by_their_names_and_bring_those_that_they_extend(tmp_path: Path) -> None:
    files = {
        "shop/views.py": "def view(render):\n    return render('shop/page.html', 'no/such.html', 'a b.html')\n",
        "shop/templates/shop/page.html": "{% extends 'base.html' %}{%- include \"shop/part.html\" %}",
        "shop/templates/base.html": "",
        "shop/templates/shop/part.html": "",
        "shop/templates/shop/other.html": "",
    }
    made = carried(tmp_path, files)
    assert set(made.data) == {
        "shop/templates/base.html",
        "shop/templates/shop/page.html",
        "shop/templates/shop/part.html",
    }


def test_an_application_brings_its_templates_and_compiled_translations(tmp_path: Path) -> None:
    files = {
        "desk/__init__.py": "",
        "desk/settings.py": "INSTALLED_APPS = ['desk']\n",
        "desk/models.py": "from django.db import models\n\nclass T(models.Model): ...\n",
        "desk/views.py": "from desk.models import T\n\ndef view():\n    return T\n",
        "desk/templates/a.html": "",
        "desk/locale/de/LC_MESSAGES/django.mo": "mo",
        "desk/locale/de/LC_MESSAGES/django.po": "po",
        "elsewhere/__init__.py": "",
        "elsewhere/templates/b.html": "",
    }
    made = planned(tmp_path, files, "desk.views.view")
    assert set(made.data) == {"desk/templates/a.html", "desk/locale/de/LC_MESSAGES/django.mo"}


def test_a_text_that_names_a_file_of_its_package_brings_it(tmp_path: Path) -> None:
    files = {
        "shop/views.py": "def view(app):\n    return app.open_resource('fonts/a.ttf'), app.find('gone.txt', 'own.csv')\n",
        "shop/sub/views.py": "def view(app):\n    return app.open('own.csv'), app.open('texts/en.json'), 'x/__init__.py'\n",
    }
    assert set(carried(tmp_path, files).data) == {"shop/fonts/a.ttf"}
    assert set(carried(tmp_path, files, "shop.sub.views.view").data) == {"shop/sub/own.csv", "shop/texts/en.json"}
