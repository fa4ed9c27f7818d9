"""`call_command`: what the command that is named does."""

from __future__ import annotations

import pytest

from migrator.domain.effects import Effect
from tests.support.programs import effects_of, model_of

CALL = "from django.core.management import call_command\ndef start(name): call_command({})\n"


@pytest.mark.parametrize(
    ("command", "effects"),
    [
        ("compilemessages", {"local-disk-write", "subprocess"}),
        ("clearsessions", {"database"}),
        ("check", set()),
        ("runserver", {"unbounded"}),
    ],
)
def test_a_command_of_the_framework(command: str, effects: set[str]) -> None:
    assert effects_of(CALL.format(repr(command))) == effects


def test_a_command_of_the_project_comes_before_the_framework_s() -> None:
    own = (
        "import smtplib\nfrom django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n    def handle(self, *args, **options): smtplib.SMTP('h').send_message('m')\n"
    )
    model = model_of({"app": CALL.format("'check'"), "shop.management.commands.check": own})

    assert model.effects("app.start") == {Effect.EMAIL}


@pytest.mark.parametrize("argument", ["name", "'of_some_library'"])
def test_a_command_that_is_not_known_is_unresolved(argument: str) -> None:
    (found,) = model_of(CALL.format(argument)).summary("app.start").unresolved

    assert "command" in found.reason
