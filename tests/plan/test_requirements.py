"""Imports to distributions, at the monolith's versions."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.domain.locations import Location
from migrator.plan.looking.imports import ImportTree
from migrator.plan.requirements import SliceRequirements, TargetEnvironment, requirements_of
from migrator.plan.slicing.third_party import ThirdParty
from migrator.source import read_tree
from tests.support.slices import planned

FILES = {
    "requirements.txt": """
    # web
    Flask==3.1.3  # pinned
    -r requirements/extra.txt
    -e .
    --index-url https://user:secret@example.invalid/simple
    requests[socks]>=2.30,<3 ; python_version >= "3.8"
    not a requirement at all
    """,
    "requirements/extra.txt": "PyYAML==6.0.1 --hash=sha256:aaaa\npillow ~= 10.1\nunused==1.0\n",
    "constraints.txt": "requests==2.32.3\n",
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["attrs>=23", "python-dateutil==2.9.0"]\n',
}


@pytest.mark.parametrize(
    ("imported", "distribution", "version"),
    [
        ("import flask", "Flask", "3.1.3"),
        ("from flask.views import MethodView as thing", "Flask", "3.1.3"),
        ("import requests", "requests[socks]", "2.32.3"),
        ("import yaml", "PyYAML", "6.0.1"),
        ("from PIL import Image", "pillow", "~=10.1"),
        ("import attr", "attrs", ">=23"),
        ("import dateutil.parser", "python-dateutil", "2.9.0"),
        ("import jwt", "PyJWT", ""),
        ("import nobody_knows_it", "nobody-knows-it", ""),
    ],
)
def test_a_distribution_at_the_version_that_the_monolith_pins(
    imported: str, distribution: str, version: str, tmp_path: Path
) -> None:
    bound = imported.split(" as ")[-1].split("import ")[-1].split(".")[0]
    files = {**FILES, "shop.py": f"import os, json\n{imported}\n\ndef view():\n    return {bound}, os\n"}
    made = planned(tmp_path, files, "shop.view")
    assert [(each.distribution, each.version) for each in made.plan.requirements] == [(distribution, version)]
    assert made.plan.requirements[0].reason.startswith("shop.py:2:1: import of ")


def selected(
    folder: Path, files: Mapping[str, str], *imports: str, environment: TargetEnvironment | None = None
) -> SliceRequirements:
    """What a module `app/views.py` with these imports needs; `a:b` is `from a import b`."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
    external = [
        ThirdParty(name.partition(":")[0], Location("app/views.py", number), name.partition(":")[2])
        for number, name in enumerate(imports, 1)
    ]
    return requirements_of(external, folder, environment)


def lines(found: SliceRequirements) -> list[tuple[str, str]]:
    return [(each.distribution, each.version) for each in found.requirements]


@pytest.mark.parametrize(
    ("files", "version", "reason"),
    [
        pytest.param(
            {"requirements.txt": "requests>=2\n", "uv.lock": '[[package]]\nname = "requests"\nversion = "2.31.0"\n'},
            "2.31.0",
            "2.31.0 by uv.lock:1:1",
            id="a lock beats a range",
        ),
        pytest.param(
            {
                "requirements.txt": "requests==2.30.0\n",
                "poetry.lock": '[[package]]\nname = "requests"\nversion = "2.31.0"\n',
            },
            "2.31.0",
            "2.31.0 by poetry.lock:1:1, against 2.30.0 of requirements.txt:1:1",
            id="a lock beats another exact version, and the other is told",
        ),
        pytest.param(
            {"setup.cfg": "[options]\ninstall_requires =\n    requests>=3\n", "requirements.txt": "requests==2.30.0\n"},
            "2.30.0",
            "2.30.0 by requirements.txt:1:1, against >=3 of setup.cfg:3:1",
            id="a range that excludes the chosen one is told",
        ),
        pytest.param(
            {"requirements.txt": "requests>=2.20\n", "constraints.txt": "requests<2.32\n"},
            "<2.32,>=2.20",
            "<2.32,>=2.20 by requirements.txt:1:1 and constraints.txt:1:1",
            id="ranges apply together",
        ),
        pytest.param(
            {"requirements.txt": "requests>=2.20\n", "constraints.txt": "requests<2\n"},
            ">=2.20",
            ">=2.20 by requirements.txt:1:1, against <2 of constraints.txt:1:1",
            id="a range that leaves nothing is left out, and told",
        ),
        pytest.param(
            {"requirements.txt": "requests>=2.20\n", "requirements-dev.txt": "requests==2.31.0\n"},
            "2.31.0",
            "2.31.0 by requirements-dev.txt:1:1",
            id="the developers' exact version, where the running system's range has it",
        ),
        pytest.param(
            {"requirements.txt": "requests>=2.32\n", "requirements-dev.txt": "requests==2.31.0\n"},
            ">=2.32",
            ">=2.32 by requirements.txt:1:1",
            id="and not where it has not",
        ),
        pytest.param(
            {"requirements.txt": "requests==2.30.0\n", "requirements-dev.txt": "requests==2.31.0\n"},
            "2.30.0",
            "2.30.0 by requirements.txt:1:1, against 2.31.0 of requirements-dev.txt:1:1",
            id="the running system's version beats the developers'",
        ),
        pytest.param(
            {"requirements.txt": "requests\n"}, "", "no version by requirements.txt:1:1", id="a name without a version"
        ),
        pytest.param({}, "", "the monolith names no version", id="nothing at all"),
    ],
)
def test_the_choice_between_places_and_its_reason(
    files: Mapping[str, str], version: str, reason: str, tmp_path: Path
) -> None:
    found = selected(tmp_path, files, "requests")
    assert lines(found) == [("requests", version)]
    assert found.requirements[0].reason == f"app/views.py:1:1: import of requests; {reason}"


@pytest.mark.parametrize(
    ("pinned", "imported", "distribution"),
    [
        ("google-cloud-storage==2.0", "google.cloud:storage", "google-cloud-storage"),
        ("google-cloud-storage==2.0", "google.cloud.storage.blob:Blob", "google-cloud-storage"),
        ("google-cloud-vision==3.0", "google.cloud:vision_v1", "google-cloud-vision"),
        ("google-cloud-secret-manager==2.0", "google.cloud:secretmanager", "google-cloud-secret-manager"),
        ("google-auth==2.0", "google.oauth2:service_account", "google-auth"),
        ("protobuf==5.0", "google.protobuf:json_format", "protobuf"),
        ("azure-storage-blob==12.0", "azure.storage.blob:BlobClient", "azure-storage-blob"),
        ("azure-identity==1.0", "azure.identity", "azure-identity"),
        ("zope.interface==7.0", "zope.interface:implementer", "zope.interface"),
        ("zope.component==6.0", "zope:component", "zope.component"),
        ("ruamel.yaml==0.18", "ruamel:yaml", "ruamel.yaml"),
        ("opentelemetry-api==1.0", "opentelemetry:trace", "opentelemetry-api"),
        ("opentelemetry-sdk==1.0", "opentelemetry.sdk.trace:TracerProvider", "opentelemetry-sdk"),
        ("apache-airflow-providers-amazon==9", "airflow.providers.amazon.aws.hooks.s3:S3Hook", "apache-airflow-providers-amazon"),
        ("opencv-python==4.0", "cv2", "opencv-python"),
        ("", "cv2", "opencv-python-headless"),
        ("psycopg2==2.9", "psycopg2", "psycopg2"),
        ("jwt==1.0", "jwt", "jwt"),
        ("PyJWT==2.0\njwt==1.0", "jwt", "PyJWT"),
        ("github==1.2", "github", "github"),
        ("Crypto_none==1\npycryptodome==3.0", "Crypto.Cipher:AES", "pycryptodome"),
        ("django-surely-nobody==1.0", "surely_nobody.models", "django-surely-nobody"),
        ("surely.nobody==1.0", "surely.nobody", "surely.nobody"),
        ("Flask==3.0\nflask-views==1.0", "flask.views", "Flask"),
        ("Flask==3.0\nFlask-Caching==1.0", "flask:caching", "Flask"),
    ],
)  # fmt: skip
def test_names_that_differ_and_namespaces(pinned: str, imported: str, distribution: str, tmp_path: Path) -> None:
    found = selected(tmp_path, {"requirements.txt": pinned + "\n"}, imported)
    assert [name for name, _ in lines(found)] == [distribution]


def test_the_monoliths_own_environment_says_who_provides_an_import(tmp_path: Path) -> None:
    site = ".venv/lib/python3.12/site-packages"
    files = {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f"{site}/oddly_named-1.4.dist-info/METADATA": "Metadata-Version: 2.1\nName: oddly-named\nVersion: 1.4\n",
        f"{site}/oddly_named-1.4.dist-info/RECORD": "quite/__init__.py,,\noddly_named-1.4.dist-info/RECORD,,\n",
        "requirements.txt": "oddly-named>=1\n",
    }
    found = selected(tmp_path, files, "quite.other")
    assert lines(found) == [("oddly-named", ">=1")]
    assert "as installed in the monolith's environment" in found.requirements[0].reason
    assert not found.findings


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    found = selected(tmp_path, {}, "quite_unknown.part")
    assert lines(found) == [("quite-unknown", "")]
    assert [item.what for item in found.findings] == ["app/views.py:1:1: import of quite_unknown.part"]


@pytest.mark.parametrize(
    ("pinned", "comes"),
    [
        ("SQLAlchemy==2.0\npsycopg2-binary==2.9.9\n", ["psycopg2-binary"]),
        ("SQLAlchemy==2.0\n", []),
        ("psycopg2-binary==2.9.9\nSQLAlchemy==2.0\nPyMySQL==1.1\n", ["psycopg2-binary", "PyMySQL"]),
    ],
)
def test_what_a_library_loads_by_a_name_comes_along_where_it_is_pinned(
    pinned: str, comes: list[str], tmp_path: Path
) -> None:
    found = selected(tmp_path, {"requirements.txt": pinned}, "sqlalchemy.orm:Session")
    assert sorted(name for name, _ in lines(found)) == sorted(["SQLAlchemy", *comes])
    for each in found.requirements:
        if each.distribution in comes:
            assert each.reason.startswith("SQLAlchemy may load it: the scheme of the database's address")


def test_what_only_developers_pin_does_not_come_along(tmp_path: Path) -> None:
    files = {"requirements.txt": "Django==5.0\nmysqlclient==2.2\n", "requirements/test.txt": "psycopg2-binary==2.9\n"}
    assert lines(selected(tmp_path, files, "django.db:models")) == [("Django", "5.0"), ("mysqlclient", "2.2")]


def test_extras_are_kept_and_bring_their_pin(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "a"\ndependencies = ["celery[redis,sqs]>=5"]\n',
        "uv.lock": '[[package]]\nname = "celery"\nversion = "5.4.0"\n\n[[package]]\nname = "redis"\nversion = "5.2"\n',
    }
    assert lines(selected(tmp_path, files, "celery:shared_task")) == [("celery[redis,sqs]", "5.4.0"), ("redis", "5.2")]


@pytest.mark.parametrize(
    ("line", "distribution", "version", "finding"),
    [
        ("git+https://github.com/a/shop-lib.git@v1#egg=shop_lib", "shop_lib", "@ git+https://github.com/a/shop-lib.git@v1", "built from source"),
        ("shop-lib[x] @ git+ssh://git@github.com/a/shop-lib", "shop-lib[x]", "@ git+ssh://git@github.com/a/shop-lib", "built from source"),
        ("-e git+https://tok:en@host/a/shop_lib.git", "shop_lib", "@ git+https://host/a/shop_lib.git", "credentials were left out"),
        ("https://tok:en@host/f/shop_lib-1.2-py3-none-any.whl", "shop-lib", "@ https://host/f/shop_lib-1.2-py3-none-any.whl", "fetched from there"),
        ("-e ./libs/shop_lib", "shop_lib", "@ ./libs/shop_lib", "is a path of the monolith"),
        ("shop_lib @ https://host/a.zip ; sys_platform == 'win32'", "shop-lib", "", "by its name alone"),
    ],
)  # fmt: skip
def test_what_comes_from_elsewhere_is_kept_and_told(
    line: str, distribution: str, version: str, finding: str, tmp_path: Path
) -> None:
    found = selected(tmp_path, {"requirements.txt": line + "\n"}, "shop_lib")
    assert lines(found) == [(distribution, version)]
    assert [finding in item.reason for item in found.findings] == [True]
    assert "tok" not in repr(found) and ":en@" not in repr(found)


@pytest.mark.parametrize(("python", "expected"), [("3.13", [("legacy-cgi", "")]), ("3.12", [])])
def test_a_module_that_left_the_standard_library(python: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    found = selected(tmp_path, {}, "cgi", "json", environment=TargetEnvironment(python))
    assert lines(found) == expected
    assert len(found.findings) == len(expected)


def test_an_import_that_may_fail_needs_a_pin(tmp_path: Path) -> None:
    source = "try:\n    import ujson\nexcept ImportError:\n    import json as ujson\n"
    external = [ThirdParty("ujson", Location("m.py", 2))]
    (tmp_path / "m.py").write_text(source)

    def required() -> SliceRequirements:
        return requirements_of(external, tmp_path, guard=ImportTree(read_tree(tmp_path)).guard)

    left_out = required()
    assert left_out.requirements == ()
    assert ["may fail" in item.reason for item in left_out.findings] == [True]
    (tmp_path / "requirements.txt").write_text("ujson==5.10\n")
    assert lines(required()) == [("ujson", "5.10")]
    (tmp_path / "requirements.txt").unlink()
    (tmp_path / "m.py").write_text(source.replace("import json as ujson", "raise"))
    assert lines(required()) == [("ujson", "")]


def test_an_import_for_the_type_checker_alone_needs_nothing(tmp_path: Path) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import boto3\n"
    files = {
        "shop.py": f"{source}def view(client: 'boto3.Client'):\n    return other.send(client)\n",
        "requirements.txt": "boto3==1.40\n",
    }
    assert planned(tmp_path / "types", files, "shop.view").plan.requirements == ()
    more = {**files, "shop.py": files["shop.py"].replace("from typing", "from other import send\nfrom typing")}
    more["shop.py"] = more["shop.py"].replace("other.send", "send")
    more["other.py"] = "import boto3\n\ndef send(client):\n    return boto3.client(client)\n"
    found = planned(tmp_path / "both", more, "shop.view").plan.requirements
    assert [(each.distribution, each.reason.split(":")[0]) for each in found] == [("boto3", "other.py")]


def test_of_several_optional_drivers_none_is_guessed(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\ndependencies = ["SQLAlchemy"]\n[project.optional-dependencies]\n'
    one = selected(tmp_path, {"pyproject.toml": text + 'pg = ["psycopg2-binary"]\n'}, "sqlalchemy")
    assert [name for name, _ in lines(one)] == ["psycopg2-binary", "SQLAlchemy"]
    two = selected(tmp_path, {"pyproject.toml": text + 'pg = ["psycopg2-binary"]\nmy = ["PyMySQL"]\n'}, "sqlalchemy")
    assert [name for name, _ in lines(two)] == ["SQLAlchemy"]
    assert [item.what for item in two.findings] == ["pyproject.toml:5:1: psycopg2-binary, PyMySQL"]


def test_what_hangs_on_a_condition_and_nobody_names_is_told_and_not_asked_for(tmp_path: Path) -> None:
    source = "if setting:\n    import plugin\nelse:\n    import boto3\nimport other\n"
    (tmp_path / "m.py").write_text(source)
    external = [ThirdParty(name, Location("m.py", line)) for name, line in (("plugin", 2), ("boto3", 4), ("other", 5))]
    guard = ImportTree(read_tree(tmp_path)).guard
    found = requirements_of(external, tmp_path, guard=guard)
    assert [name for name, _ in lines(found)] == ["boto3", "other"]
    assert ["left out" in item.reason for item in found.findings if "plugin" in item.what] == [True]
    # The same where a function of a module that travels whole asks for it.
    aside = requirements_of([ThirdParty("plugin", Location("m.py", 9), aside=True)], tmp_path, guard=guard)
    assert lines(aside) == []
    # Somebody else asks for it in earnest, or the monolith names it.
    both = requirements_of([*external, ThirdParty("plugin", Location("m.py", 9))], tmp_path, guard=guard)
    assert [name for name, _ in lines(both)] == ["boto3", "other", "plugin"]
    assert not any("left out" in item.reason for item in both.findings)
    (tmp_path / "requirements.txt").write_text("plugin==1\n")
    assert ("plugin", "1") in lines(requirements_of(external, tmp_path, guard=guard))
