"""Settings and secrets: where the code of a slice reads them, and what is deployed for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.artifacts.rewriting.secrets import read_from_store
from migrator.bootstrap import service_checks
from migrator.domain.checks import CheckOutcome
from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Secret, Setting, SettingKind
from migrator.domain.services import SecretStore, ServiceChoices
from migrator.plan import PlannedSlice
from tests.artifacts.test_generated_code import assert_clean
from tests.support.slices import planned

AT = Location("shop.py", 7)
SOURCE = """
import os

TOKEN = os.environ["API_TOKEN"]


@route
def view():
    key = os.getenv("SIGNING_KEY", "none")
    return {"token": len(TOKEN), "key": len(key), "page": os.environ.get("PAGE_SIZE", "20"), "region": os.environ["REGION"]}
"""


def environment(*names: str, default: str = "", required: bool = True) -> tuple[Setting, ...]:
    return tuple(Setting(name, SettingKind.ENVIRONMENT, AT, default, required) for name in names)


def cut_out(
    folder: Path, source: str = SOURCE, *, settings: Sequence[Setting] = (), secrets: Sequence[str] = (), **more: Any
) -> PlannedSlice:
    made = planned(folder, {"shop.py": source}, "shop.view")
    credentials = tuple(Secret(name, AT, "its name says so") for name in secrets)
    return replace(made, plan=replace(made.plan, settings=tuple(settings), secrets=credentials, **more))


def shop(folder: Path, choices: ServiceChoices | None = None) -> Artifacts:
    settings = (
        *environment("API_TOKEN", "REGION"),
        *environment("SIGNING_KEY", default="'none'", required=False),
        *environment("PAGE_SIZE", default="'20'", required=False),
        *environment("HINT", default="compute()", required=False),
        *environment("AWS_REGION", "X"),
    )
    made = cut_out(folder, settings=settings, secrets=["API_TOKEN", "SIGNING_KEY"])
    return make_artifacts(made, choices or ServiceChoices())


@pytest.mark.parametrize("store", SecretStore)
def test_the_service_asks_the_store_for_exactly_its_secrets(store: SecretStore, tmp_path: Path) -> None:
    made = shop(tmp_path / "monolith", ServiceChoices(secrets=store))
    write(made, tmp_path / "service")
    checks = list(service_checks(tmp_path / "service"))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []
    assert_clean(made, tmp_path / "service", ["src/lambda_secrets.py", "tests/conftest.py"])
    template = made.files["template.yaml"]
    by_parameter = store is SecretStore.PARAMETER_STORE
    action = "ssm:GetParameter" if by_parameter else "secretsmanager:GetSecretValue"
    assert f"Action: {action}\n" in template
    assert [line.rpartition("/")[2].strip('"') for line in template.splitlines() if '- !Sub "' in line] == [
        name if by_parameter else f"{name}-??????" for name in ("API_TOKEN", "SIGNING_KEY")
    ]
    command = "aws ssm put-parameter --type SecureString --name /shop-view/dev/API_TOKEN" if by_parameter else ""
    assert command in made.files["README.md"]


def test_the_secrets_stand_in_no_variable_and_the_settings_do(tmp_path: Path) -> None:
    from samtranslator.yaml_helper import yaml_parse

    document = yaml_parse(shop(tmp_path).files["template.yaml"])
    variables = document["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    own = {name: value for name, value in variables.items() if not name.startswith("POWERTOOLS")}
    assert own.keys() == {"STAGE", "SECRETS_PREFIX", "PAGE_SIZE", "REGION", "HINT"}
    parameters = document["Parameters"]
    assert parameters[own["PAGE_SIZE"]["Ref"]]["Default"] == "20"
    assert "Default" not in parameters[own["REGION"]["Ref"]], "a deployment has to say it"
    assert own["HINT"]["Fn::If"][2] == {"Ref": "AWS::NoValue"}, "left unset, so that the code computes it"


def test_the_change_of_the_code_is_shown(tmp_path: Path) -> None:
    made = shop(tmp_path)
    text = made.files["src/shop.py"]
    assert 'TOKEN = lambda_secrets.secret("API_TOKEN")' in text
    assert 'key = lambda_secrets.secret("SIGNING_KEY", "none")' in text
    assert 'os.environ["REGION"]' in text
    assert '-TOKEN = os.environ["API_TOKEN"]\n+TOKEN = lambda_secrets.secret("API_TOKEN")\n' in made.diff
    assert [(edit.path, edit.what) for edit in made.edits] == [("shop.py", "API_TOKEN"), ("shop.py", "SIGNING_KEY")]


def test_without_secrets_nothing_is_changed(tmp_path: Path) -> None:
    made = make_artifacts(cut_out(tmp_path, settings=environment("REGION")))
    assert (made.diff, made.edits) == ("", ())
    assert "src/lambda_secrets.py" not in made.files


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('import os\nX = os.environ["KEY"]\n', 'import lambda_secrets\nX = lambda_secrets.secret("KEY")\n'),
        ('from os import environ as e\nX = e["KEY"]\n', 'from os import environ as e\nimport lambda_secrets\nX = lambda_secrets.secret("KEY")\n'),
        ('from os import getenv\nX = getenv("KEY")\n', 'import lambda_secrets\nX = lambda_secrets.secret("KEY", None)\n'),
        (
            'import os\nX = os.environ.get("KEY", os.getenv("OTHER", "x"))\n',
            'import os\nimport lambda_secrets\nX = lambda_secrets.secret("KEY", os.getenv("OTHER", "x"))\n',
        ),
        # Written to, or another name: as it was.
        ('import os\nos.environ["KEY"] = "x"\n', 'import os\nos.environ["KEY"] = "x"\n'),
        ('import os\nX = os.environ["KEY_2"]\n', 'import os\nX = os.environ["KEY_2"]\n'),
        ('environ = {}\nX = environ["KEY"]\n', 'environ = {}\nX = environ["KEY"]\n'),
    ],
)  # fmt: skip
def test_reads_of_the_environment(before: str, after: str, tmp_path: Path) -> None:
    made = cut_out(tmp_path, "@route\ndef view(): ...\n", settings=environment("KEY"), secrets=["KEY"])
    assert lines(read_from_store({"shop.py": before}, made.plan).modules["shop.py"]) == lines(after)


def test_what_reads_a_secret_in_a_way_of_its_own_finds_it_in_the_environment(tmp_path: Path) -> None:
    source = "import os\n\nfrom settings import env\n\nA = os.environ['A_KEY']\nB = env('B_KEY')\nC = 'C_KEY' in os.environ and os.environ['C_KEY']\n\n\n@route\ndef view():\n    return [A, B, C]\n"
    made = planned(
        tmp_path / "m",
        {"shop.py": source, "settings.py": "import os\n\n\ndef env(name):\n    return os.environ[name]\n"},
        "shop.view",
    )
    names = ("A_KEY", "B_KEY", "C_KEY")
    plan = replace(
        made.plan, settings=environment(*names), secrets=tuple(Secret(name, AT, "its name") for name in names)
    )
    artifacts = make_artifacts(replace(made, plan=plan))
    assert "EXPORTED = ['B_KEY', 'C_KEY']".replace("'", '"') in artifacts.files["src/lambda_secrets.py"]
    write(artifacts, tmp_path / "service")
    assert [each.findings for each in service_checks(tmp_path / "service") if each.name == "tests"] == [()]


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line for line in text.splitlines() if line]


def django(folder: Path, modules: dict[str, str], *, boot: bool) -> dict[str, str]:
    made = cut_out(
        folder,
        "@route\ndef view(): ...\n",
        settings=(Setting("API_KEY", SettingKind.FRAMEWORK, AT),),
        secrets=["API_KEY"],
        boot=Boot(BootKind.DJANGO, "shop_boot", "models", settings_module="conf") if boot else None,
    )
    return dict(read_from_store(modules, made.plan).modules)


def test_a_setting_of_the_framework_that_does_not_come_along_is_read_from_the_store(tmp_path: Path) -> None:
    text = "from django.conf import settings\nX = settings.API_KEY\nY = getattr(settings, 'API_KEY', None)\nZ = settings.DEBUG\n"
    assert lines(django(tmp_path, {"shop.py": text}, boot=False)["shop.py"]) == lines(
        "from django.conf import settings\nimport lambda_secrets\n"
        'X = lambda_secrets.secret("API_KEY")\nY = lambda_secrets.secret("API_KEY", None)\nZ = settings.DEBUG\n'
    )


def test_a_settings_module_that_comes_along_reads_the_store_itself(tmp_path: Path) -> None:
    reader = "from django.conf import settings\nX = settings.API_KEY\n"
    conf = "API_KEY = 'abc'\nAPI_KEYS = ['API_KEY']\n\n\ndef f():\n    API_KEY = 'x'\n    return API_KEY\n"
    found = django(tmp_path, {"shop.py": reader, "conf.py": conf}, boot=True)
    assert found["shop.py"] == reader
    after = conf.replace("API_KEY = 'abc'", 'API_KEY = lambda_secrets.secret("API_KEY")')
    assert lines(found["conf.py"]) == ["import lambda_secrets", *lines(after)]


def test_a_setting_that_is_no_text_stays_what_it_is(tmp_path: Path) -> None:
    conf = "API_KEY = ['one', 'two']\n"
    assert django(tmp_path, {"conf.py": conf}, boot=True)["conf.py"] == conf
