"""Faults of seven kinds, put into the code of each service: the service's own tests have to notice every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrator.adapters.checks import generated_tests
from migrator.artifacts import Artifacts, write
from migrator.domain.checks import CheckOutcome
from tests.artifacts.event_services import call, django, event, fastapi, queue, service
from tests.artifacts.shadow_services import guarded_django, guarded_fastapi, guarded_flask, guarded_plain
from tests.artifacts.test_generated_code import flask, plain

KINDS = (
    "wrong status",
    "dropped header",
    "wrong argument order",
    "swallowed exception",
    "lost partial batch failure",
    "stale idempotency key",
    "effect of a mirrored call",
)
STREAM = {
    "shop.py": "from typing import Any\n\nfrom aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent, event_source\n\n\n"
    "@event_source(data_class=KinesisStreamEvent)\ndef taken(event: KinesisStreamEvent, context: Any) -> dict[str, list[dict[str, str]]]:\n"
    "    return {'batchItemFailures': [{'itemIdentifier': each.kinesis.sequence_number} for each in event.records]}\n",
}


def stream(folder: Path) -> Artifacts:
    return service(folder, STREAM, "shop.taken")


@dataclass(frozen=True)
class Fault:
    """One change of generated code.

    Attributes:
        before: text that stands there once.
    """

    kind: str
    make: Callable[[Path], Artifacts]
    path: str
    before: str
    after: str


MIRRORED = "effect of a mirrored call"
RAISE = "duration_ms=_milliseconds_since(started))\n        raise\n"
KEPT = "duration_ms=_milliseconds_since(started))\n        answer = {}\n"
FAULTS = (
    Fault("wrong status", plain, "src/lambda_http.py", "Response(status, body=body", "Response(200, body=body"),
    Fault("wrong status", flask, "src/lambda_http.py", "int(status.split()[0]),", "200,"),
    Fault("wrong status", django, "src/lambda_http.py", "int(status.split()[0]),", "200,"),
    Fault("wrong status", fastapi, "src/lambda_web.py", "return dict(answer)", 'return {**answer, "statusCode": 200}'),
    Fault("dropped header", plain, "src/lambda_http.py", '{"content-type": content_type}', "{}"),
    Fault("dropped header", flask, "src/lambda_http.py", "[*headers.get(lower, []), value]", '["text/plain"]'),
    Fault("dropped header", django, "src/lambda_http.py", "case lower:", 'case lower if lower != "content-type":'),
    Fault("dropped header", fastapi, "src/lambda_web.py", "return dict(answer)", 'return {**answer, "headers": {}}'),
    Fault(
        "wrong argument order",
        plain,
        "src/app.py",
        "view(**found)",
        "view(**dict(zip(found, reversed(found.values()), strict=True)))",
    ),
    Fault("wrong argument order", queue, "src/app.py", "*message.args", "*reversed(message.args)"),
    Fault("wrong argument order", call, "src/app.py", "*call.args", "*reversed(call.args)"),
    Fault("wrong argument order", django, "src/lambda_web.py", "<slug:country>/<int:cents>", "<int:cents>/<slug:country>"),
    *(Fault("swallowed exception", make, "src/app.py", RAISE, KEPT) for make in (plain, flask, django, fastapi, event, stream)),
    Fault("swallowed exception", call, "src/app.py", RAISE, KEPT.replace("answer", "result")),
    Fault("swallowed exception", queue, "src/app.py", "queue.hold_back(record, delay)\n        raise\n", "queue.hold_back(record, delay)\n"),
    Fault("swallowed exception", queue, "src/app.py", "queue.give_up(record, error)\n", "pass\n"),
    Fault("swallowed exception", fastapi, "src/lambda_web.py", "raise _failures[0]", "pass"),
    Fault("swallowed exception", django, "src/lambda_web.py", "settings.DEBUG_PROPAGATE_EXCEPTIONS = True", "pass"),
    Fault("lost partial batch failure", queue, "src/app.py", "return dict(answer)", 'return {"batchItemFailures": []}'),
    Fault("lost partial batch failure", stream, "src/app.py", "    return answer\n", "    return None\n"),
    Fault("stale idempotency key", queue, "src/app.py", 'event_key_jmespath="id"', 'event_key_jmespath="task"'),
    Fault("stale idempotency key", queue, "src/app.py", 'event_key_jmespath="id"', 'event_key_jmespath="[args, kwargs]"'),
    Fault("stale idempotency key", call, "src/app.py", 'event_key_jmespath="id"', 'event_key_jmespath="[args, kwargs]"'),
    Fault("stale idempotency key", event, "src/app.py", "s3.object.sequencer", "s3.object.size"),
    *(
        Fault(MIRRORED, make, "src/app.py", "answered(event, lambda: app.resolve(event, context))", "app.resolve(event, context)")
        for make in (guarded_plain, guarded_flask, guarded_django)
    ),
    Fault(MIRRORED, guarded_fastapi, "src/app.py", "answered(event, lambda: answer_to(event, context))", "answer_to(event, context)"),
    *(
        Fault(MIRRORED, guarded_plain, "src/app.py", f"import lambda_shadow_{guard}  # noqa: F401\n", "")
        for guard in ("aws", "network", "sql")
    ),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow.py", 'raise Refused(f"{effect}: {what}")', "return"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow.py", "self.note(effect, what)\n            raise", "raise"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow.py", "_running.remove(call)", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow.py", "self._lambda_shadow = acting()", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow_network.py", "setattr(kind, name, watched(getattr(kind, name)))", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow.py", "ThreadPoolExecutor.submit = submit", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow_network.py", "sys.addaudithook(looked_at)", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow_sql.py", '"PRAGMA query_only = ON", ', '"SELECT 1", '),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow_sql.py", '"PRAGMA query_only = OFF")', '"SELECT 1")'),
    Fault(MIRRORED, guarded_django, "src/lambda_shadow_sql.py", "CursorWrapper.__init__, CursorWrapper.execute = init, execute", "pass"),
    Fault(MIRRORED, guarded_plain, "src/lambda_shadow_aws.py", "Endpoint.make_request = make_request\n", ""),
)  # fmt: skip


def one_of_each_kind() -> list[Fault]:
    """The first fault of each kind; the others are tried by the thorough run."""
    return [next(fault for fault in FAULTS if fault.kind == kind) for kind in KINDS]


def named(fault: Fault) -> str:
    return f"{fault.kind}-{fault.make.__name__}-{fault.path[4:-3]}"


OTHERS = [
    pytest.param(each, marks=pytest.mark.thorough, id=named(each)) for each in FAULTS if each not in one_of_each_kind()
]
SERVICES = {fault.make for fault in one_of_each_kind()}


def test_each_kind_is_seeded() -> None:
    assert {fault.kind for fault in FAULTS} == set(KINDS)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, marks=() if make in SERVICES else pytest.mark.thorough, id=make.__name__)
        for make in (
            *(plain, flask, django, fastapi, queue, call, event, stream),
            *(guarded_plain, guarded_flask, guarded_django, guarded_fastapi),
        )
    ],
)
def test_without_a_fault_the_tests_of_the_service_pass(make: Callable[[Path], Artifacts], tmp_path: Path) -> None:
    write(make(tmp_path / "monolith"), tmp_path / "service")
    check = generated_tests.check(tmp_path / "service")
    assert check.outcome is CheckOutcome.PASSED, check.findings


@pytest.mark.parametrize("fault", [*(pytest.param(each, id=named(each)) for each in one_of_each_kind()), *OTHERS])
def test_the_tests_of_the_service_notice(fault: Fault, tmp_path: Path) -> None:
    made = fault.make(tmp_path / "monolith")
    write(made, tmp_path / "service")
    text = made.files[fault.path]
    assert text.count(fault.before) == 1, "the fault has to be put where it was meant"
    (tmp_path / "service" / fault.path).write_text(text.replace(fault.before, fault.after), "utf-8")
    check = generated_tests.check(tmp_path / "service")
    assert check.outcome is CheckOutcome.FAILED, check.summary
    assert "passed" in check.summary or "failed" in check.summary, "a fault is no module that cannot be imported"
