"""Each ready function of the sample shop that no request reaches: cut out, checked, and run on AWS's emulator.

The thumbnails are compared with those that the shop itself makes, byte by byte, in an S3 on loopback (moto's).
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator import bootstrap
from migrator.adapters.runtime import load_functions
from migrator.adapters.runtime.once import run_once
from migrator.artifacts import make_artifacts, write
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.domain.invocations import Ending
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice, make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.local_lambda import require_local_lambda
from tests.support.sample_expectations import EXPECTED
from tests.support.sampled import one_in

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")
pillow = pytest.importorskip("PIL.Image")

# A function that runs another program needs a container image.
READY = sorted(
    name
    for name, entry in EXPECTED.items()
    if entry["verdict"] == "ready" and "http" not in entry["triggers"] and "subprocess" not in entry["effects"]
)
SOURCES = {"queue": EventSource.QUEUE, "object": EventSource.OBJECT_STORE, "command": EventSource.DIRECT}
KEYS = {"region_name": "eu-central-1", "aws_access_key_id": "local", "aws_secret_access_key": "local"}
THUMBNAILS = "shop.tasks.media.make_thumbnails"


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


@pytest.fixture
def s3() -> Iterator[Any]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client("s3", endpoint_url=f"http://{host}:{port}", **KEYS)
    server.stop()


def cut_out(name: str, candidates: dict[str, Assessment], folder: Path) -> PlannedSlice:
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    write(make_artifacts(planned), folder)
    return planned


def test_there_are_some_of_several_kinds() -> None:
    kinds = {kind for name in READY for kind in EXPECTED[name]["triggers"]}
    assert {"queue", "object", "stream", "signal", "command"} <= kinds


@pytest.mark.parametrize("name", one_in(3, READY))
def test_it_is_cut_out_and_passes_every_check(name: str, candidates: dict[str, Assessment], tmp_path: Path) -> None:
    planned = cut_out(name, candidates, tmp_path / "service")
    for trigger in EXPECTED[name]["triggers"]:
        assert planned.plan.source is SOURCES.get(trigger, planned.plan.source)
    checks = list(bootstrap.service_checks(tmp_path / "service"))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []


@pytest.mark.local_stack
def test_lambda_makes_the_thumbnails_that_the_shop_makes(
    candidates: dict[str, Assessment], s3: Any, tmp_path: Path
) -> None:
    require_local_lambda()
    cut_out(THUMBNAILS, candidates, tmp_path / "service")
    picture = io.BytesIO()
    pillow.new("RGB", (640, 400), (200, 30, 60)).save(picture, "JPEG")
    keys = ["originals/tents/skarn.jpg", "originals/boots/größe 42.jpg"]
    for bucket in ("legacy", "canary"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        for key in keys:
            s3.put_object(Bucket=bucket, Key=key, Body=picture.getvalue())
    shop = {"SHOP_S3_ENDPOINT_URL": s3.meta.endpoint_url, "SHOP_VAR_DIR": str(tmp_path)}
    code = "import json, sys\nfrom shop.tasks.media import make_thumbnails\nfor key in json.load(sys.stdin):\n    make_thumbnails(key)\n"
    subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(keys),
        env={
            **os.environ,
            **shop,
            "SHOP_MEDIA_BUCKET": "legacy",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        },
        cwd=sample_root(),
        text=True,
        check=True,
    )
    event = json.loads((tmp_path / "service" / "events" / "batch.json").read_text("utf-8"))
    lost = event["Records"][2]["messageId"]
    for record, key in zip(event["Records"], [*keys, "originals/gone.jpg"], strict=True):
        record["body"] = json.dumps({**json.loads(record["body"]), "args": [key], "kwargs": {}})

    [function] = load_functions(tmp_path / "service", environment={**shop, "SHOP_MEDIA_BUCKET": "canary"})
    report, _ = run_once(function, json.dumps(event).encode())

    assert report.ending is Ending.RETURNED, report.logs
    assert report.payload == {"batchItemFailures": [{"itemIdentifier": lost}]}
    assert contents(s3, "canary") == contents(s3, "legacy")
    assert len(contents(s3, "canary")) == len(keys) * 4


def contents(s3: Any, bucket: str) -> dict[str, bytes]:
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed}
