"""One running Envoy for a module; each test begins with healthy servers and no routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.envoy import World, running_world
from tests.support.http_servers import Behavior


@pytest.fixture(scope="module")
def module_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("envoy")) as world:
        yield world


@pytest.fixture
def world(module_world: World) -> World:
    for server in (module_world.legacy, module_world.canary):
        server.behavior = Behavior()
        server.forget()
    for name in module_world.plane.routes():
        module_world.plane.retire(name)
    return module_world
