"""Weights kept elsewhere: S3 and Parameter Store by a server like AWS's, AppConfig by its own model."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.aws import AwsService
from migrator.adapters.dataplanes.seam import SeamPlane
from migrator.adapters.weights import FileWeights, open_source
from migrator.adapters.weights.appconfig import AppConfigWeights
from migrator.adapters.weights.syncing import WeightsSync
from migrator.domain.routes import SeamCanary, SeamMatch, SeamRoute, Weight
from migrator.errors import InputError, RemoteError, UsageError
from tests.support.fake_clock import FakeClock
from tests.support.moto import REGION, aws_server, client

MAIL = SeamRoute("mail", SeamMatch("task", "shop.mail.send"), SeamCanary("mail"), 5)
URLS = {"s3": "s3://shop-router/live/weights.json", "ssm": "ssm:///shop/weights"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        client("s3", url).create_bucket(Bucket="shop-router", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield url


@pytest.fixture(params=sorted(URLS))
def source(request: pytest.FixtureRequest, server: str) -> Iterator[Any]:
    client("s3", server).delete_object(Bucket="shop-router", Key="live/weights.json")
    client("ssm", server).delete_parameters(Names=["/shop/weights"])
    opened = open_source(URLS[request.param], region=REGION, endpoint=server)
    yield opened
    opened.close()


def sync(source: Any, path: Path, *, dry_run: bool = False) -> WeightsSync:
    return WeightsSync(source, FileWeights(path), FakeClock(), dry_run)


def test_what_the_router_writes_there_fills_the_files_of_the_hosts(source: Any, tmp_path: Path) -> None:
    plane = SeamPlane(source)
    plane.ensure(MAIL)
    plane.shift("mail", Weight(25))
    assert plane.weights("mail") == Weight(25)
    path = tmp_path / "weights.json"
    assert sync(source, path, dry_run=True).look().changed and not path.exists()
    assert sync(source, path).look().changed
    assert SeamPlane(FileWeights(path)).weights("mail") == Weight(25)
    assert not sync(source, path).look().changed
    plane.shift("mail", Weight(0))
    assert sync(source, path).look().changed
    assert SeamPlane(FileWeights(path)).weights("mail") == Weight(0)


def test_a_source_without_weights_leaves_the_file(source: Any, tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text("as it was")
    with pytest.raises(RemoteError, match="has no weights yet"):
        sync(source, path).look()
    assert path.read_text() == "as it was"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": "other/1", "routes": {}}', '{"schema": "migrator.weights/1", "routes": {"a": {"weight": 101}}}', '{"schema": "migrator.weights/1", "routes": {"a": {"weight": true}}}']
)  # fmt: skip
def test_what_is_no_document_of_weights_leaves_the_file(server: str, tmp_path: Path, content: str) -> None:
    client("s3", server).put_object(Bucket="shop-router", Key="bad.json", Body=content.encode())
    path = tmp_path / "weights.json"
    path.write_text("as it was")
    with pytest.raises(InputError, match=r"not JSON|not a migrator.weights/1|no weight between"):
        sync(open_source("s3://shop-router/bad.json", region=REGION, endpoint=server), path).look()
    assert path.read_text() == "as it was"


def test_a_change_in_between_is_noticed_and_nothing_is_lost(server: str) -> None:
    """S3 refuses it by the ETag; Parameter Store takes it, and its version tells."""
    for kind, url in URLS.items():
        first, second = (open_source(url, region=REGION, endpoint=server) for _ in range(2))
        SeamPlane(first).ensure(MAIL)
        seen = first.read()
        SeamPlane(second).shift("mail", Weight(50), overwrite=True)
        with pytest.raises(RemoteError, match="changed by somebody else in the meantime"):
            first.write(seen.data or b"", seen.version)
        if kind == "s3":
            assert SeamPlane(first).weights("mail") == Weight(50)


def test_two_first_writers_do_not_both_win(server: str) -> None:
    source = open_source("s3://shop-router/new.json", region=REGION, endpoint=server)
    seen = source.read()
    assert seen.data is None
    source.write(b"{}", seen.version)
    with pytest.raises(RemoteError, match="in the meantime"):
        source.write(b"{}", seen.version)


def test_weights_too_large_for_a_parameter_are_said_with_the_mend(server: str) -> None:
    source = open_source("ssm:///shop/large", region=REGION, endpoint=server)
    with pytest.raises(UsageError, match="8,193 bytes of weights do not fit") as caught:
        source.write(b"x" * 8193, "0")
    assert "s3://" in caught.value.hint
    source.write(b"x" * 8192, "0")


def test_appconfig_is_read_and_never_written(tmp_path: Path) -> None:
    from botocore.response import StreamingBody
    from botocore.stub import Stubber

    document = json.dumps({"schema": "migrator.weights/1", "routes": {"a": {"weight": 7}}}).encode()
    source = AppConfigWeights("appconfig://shop/production/weights", REGION, "")
    awslambda = client("appconfigdata", "http://127.0.0.1:1")
    source._service = AwsService("appconfigdata", region=REGION, client=awslambda)
    path = tmp_path / "weights.json"
    with Stubber(awslambda) as stubber:
        names = {
            "ApplicationIdentifier": "shop",
            "EnvironmentIdentifier": "production",
            "ConfigurationProfileIdentifier": "weights",
        }
        stubber.add_response("start_configuration_session", {"InitialConfigurationToken": "1"}, names)
        for token, body in (("1", document), ("2", b"")):
            answer = {
                "NextPollConfigurationToken": str(int(token) + 1),
                "Configuration": StreamingBody(io.BytesIO(body), len(body)),
            }
            stubber.add_response("get_latest_configuration", answer, {"ConfigurationToken": token})
        assert sync(source, path).look().changed
        assert not sync(source, path).look().changed, "AppConfig answers with nothing where nothing is new"
        stubber.assert_no_pending_responses()
    assert path.read_bytes() == document
    with pytest.raises(UsageError, match="deployed by AppConfig"):
        source.write(b"", "")


@pytest.mark.parametrize("url", ["s3://bucket", "s3:///key", "ssm://", "appconfig://a/b", "http://x"])
def test_a_url_that_names_nothing_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        open_source(url)
