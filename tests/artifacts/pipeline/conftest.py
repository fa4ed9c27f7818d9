"""Services to look at, made once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.artifacts import Artifacts, make_artifacts, write
from tests.artifacts.event_services import call, django, event, fastapi, queue
from tests.artifacts.test_generated_code import flask, plain
from tests.artifacts.test_outside import cut_out, environment

MAKERS = (plain, flask, django, fastapi, queue, call, event)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Artifacts]:
    """One for each form of handler, by the name of what makes it."""
    return {make.__name__: make(tmp_path_factory.mktemp(make.__name__)) for make in MAKERS}


@pytest.fixture(scope="session")
def networked(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """One that has to be told where it runs and what it reads: its template has parameters without a default."""
    made = cut_out(tmp_path_factory.mktemp("networked"), settings=environment("REGION"), network=True)
    return make_artifacts(made)


def folder_of(made: Artifacts, folder: Path) -> Path:
    """Written out."""
    write(made, folder)
    return folder
