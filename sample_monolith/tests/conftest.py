"""The settings are read when the shop is imported, so the world is set up before that."""

from __future__ import annotations

import hmac
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import MailServer, World, start

SCRATCH = tempfile.TemporaryDirectory(prefix="shop-tests-")
MAIL = MailServer()
WORLD = World()
WORLD_URL = f"http://127.0.0.1:{WORLD.server_address[1]}"

os.environ.update(
    SHOP_ENV="dev",
    SHOP_VAR_DIR=SCRATCH.name,
    SHOP_EXPORT_DIR=f"{SCRATCH.name}/export",
    SHOP_MEDIA_DIR=f"{SCRATCH.name}/media",
    SHOP_DATABASE_URL="sqlite://",
    SHOP_BROKER_URL="memory://localhost/",
    SHOP_CACHE_TYPE="SimpleCache",
    SHOP_ADMIN_API_KEY="test-key",
    SHOP_MAIL_ENABLED="yes",
    SHOP_SMTP_HOST="127.0.0.1",
    SHOP_SMTP_PORT=str(MAIL.server_address[1]),
    SHOP_S3_ENDPOINT_URL=WORLD_URL,
    SHOP_SUPPLIER_FEED_URL=f"{WORLD_URL}/feed.json",
    SHOP_CHAT_API_URL=f"{WORLD_URL}/chat",
    SHOP_ERP_URL=f"{WORLD_URL}/erp",
    SHOP_REPUTATION_URL=f"{WORLD_URL}/reputation",
    SHOP_KINESIS_ENDPOINT_URL=WORLD_URL,
    SHOP_FFMPEG=f"{SCRATCH.name}/ffmpeg",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_EC2_METADATA_DISABLED="true",
    # whole bodies, so that the stand-in need not take chunks apart
    AWS_REQUEST_CHECKSUM_CALCULATION="when_required",
    NO_PROXY="127.0.0.1",
)

from flask import Flask
from flask.testing import FlaskClient

from shop.app import create_app
from shop.db import Base, engine

ADMIN = {"X-Api-Key": "test-key"}


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    for server in (MAIL, WORLD):
        start(server)
    yield
    for server in (MAIL, WORLD):
        server.shutdown()
        server.server_close()
    SCRATCH.cleanup()


@pytest.fixture
def app() -> Flask:
    """An application on a freshly seeded database."""
    Base.metadata.drop_all(engine)
    return create_app({"TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def admin() -> dict[str, str]:
    return ADMIN


@pytest.fixture
def outbox() -> list[str]:
    MAIL.outbox.clear()
    return MAIL.outbox


@pytest.fixture
def world() -> World:
    WORLD.clear()
    return WORLD


@pytest.fixture
def signed():
    """The headers of a request that the chat or the payment provider signed."""

    def sign(secret: str, body: bytes) -> dict[str, str]:
        return {"X-Signature": hmac.new(secret.encode(), body, "sha256").hexdigest()}

    return sign


@pytest.fixture
def scratch() -> Path:
    return Path(SCRATCH.name)
