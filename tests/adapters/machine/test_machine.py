"""What is said of a machine: old facts, settings without their values, programs that are missing or broken."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.adapters import programs as found_programs
from migrator.adapters.machine import aged_facts, aws_settings, distributions, programs
from migrator.cli.formats.doctor_text import closing_line, examination_lines
from migrator.cloud_facts.facts import OLD_AFTER, all_facts
from migrator.documents.doctor import CODEC
from migrator.domain.machine import Examination, Part, Presence
from tests.adapters.checks.small_service import make_program

OLDEST = min(fact.checked for fact in all_facts())


def test_facts_are_old_after_180_days() -> None:
    [young] = aged_facts.parts(OLDEST + OLD_AFTER)
    assert young.presence is Presence.PRESENT and str(OLDEST) in young.detail
    [old] = aged_facts.parts(OLDEST + OLD_AFTER + datetime.timedelta(days=1))
    assert old.presence is Presence.OLD and not old.required
    assert "older than 180 days" in old.detail and "lambda" in old.detail
    assert "migrator/cloud_facts/*.toml" in old.mend


@pytest.mark.parametrize(
    ("environment", "files", "present"),
    [
        ({}, {}, set()),
        ({"AWS_REGION": "eu-west-1"}, {}, {"region"}),
        ({"AWS_ACCESS_KEY_ID": "AKIASECRET", "AWS_SECRET_ACCESS_KEY": "SECRET"}, {}, {"credentials"}),
        ({}, {"config": "[default]\nregion = eu-west-1\n"}, {"region"}),
        ({}, {"config": "[default]\nregion = eu-west-1\nsso_session = SECRET\n"}, {"region", "credentials"}),
        ({"AWS_PROFILE": "other"}, {"config": "[profile other]\nregion = eu-west-1\n"}, {"region", "credentials"}),
        ({"AWS_PROFILE": "none"}, {"config": "[default]\nregion = eu-west-1\n"}, {"credentials"}),
        ({}, {"credentials": "[default]\naws_access_key_id = AKIASECRET\n"}, {"credentials"}),
        ({}, {"config": "not a [file"}, set()),
    ],
)
def test_settings_for_aws_are_told_without_their_values(
    environment: Mapping[str, str], files: Mapping[str, str], present: set[str], tmp_path: Path
) -> None:
    (tmp_path / ".aws").mkdir()
    for name, text in files.items():
        (tmp_path / ".aws" / name).write_text(text)
    parts = list(aws_settings.parts(environment, tmp_path))
    assert {part.name for part in parts if part.presence is Presence.PRESENT} == present
    assert all(part.mend for part in parts if part.presence is Presence.MISSING)
    assert "SECRET" not in repr(parts) and "eu-west-1" not in repr(parts)


def test_a_program_is_looked_for_in_the_folder_that_the_variable_names_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = make_program(tmp_path, "git", "print('git version 9.9.9')")
    monkeypatch.setenv(found_programs.VARIABLE, str(tmp_path))
    assert found_programs.find_program("git") == fake
    assert found_programs.find_program("no-such-program-at-all") is None
    (tmp_path / "git").chmod(0o644)
    assert found_programs.find_program("git") != fake, "what cannot be run is no program"


def test_programs_that_run_and_programs_that_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(found_programs.VARIABLE, str(tmp_path))
    for name in ("sam", "parliament", "cloudsplaining", "pip-audit", "python3.13", "check-jsonschema"):
        make_program(tmp_path, name, "print('release 1.2.3')")
    make_program(tmp_path, "git", "print('git version 9.9.9')")
    make_program(tmp_path, "checkov", "sys.exit('ModuleNotFoundError: of its own')")
    found = {part.name: part for part in programs.parts()}
    assert found["git"].detail == f"9.9.9 at {tmp_path / 'git'}"
    assert (found["checkov"].presence, found["checkov"].needed_for) == (Presence.BROKEN, "migrator check: checkov")
    assert "ModuleNotFoundError: of its own" in found["checkov"].detail
    assert "pip install checkov" in found["checkov"].mend


def test_this_environment_has_what_the_program_asks_for() -> None:
    parts = list(distributions.parts())
    assert [part.name for part in parts] == ["python", "requirements", "local stack"]
    assert all(part.presence is Presence.PRESENT for part in parts)


@pytest.mark.parametrize(
    ("presence", "required", "healthy"),
    [
        (Presence.PRESENT, True, True),
        (Presence.OLD, True, True),
        (Presence.MISSING, False, True),
        (Presence.MISSING, True, False),
        (Presence.BROKEN, True, False),
    ],
)
def test_only_what_is_required_decides(presence: Presence, required: bool, healthy: bool) -> None:
    found = Examination((Part("thing", "group", presence, "detail", "work", "do this", required),))
    assert found.healthy is healthy
    lines = list(examination_lines(found))
    assert (f"{'':11}mend: do this" in lines) is (presence is not Presence.PRESENT)
    assert ("nothing works" in closing_line(found)) is not healthy
    assert CODEC.load(CODEC.dump(found)) == found
