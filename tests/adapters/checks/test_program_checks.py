"""Checks that run programs of others: the real ones on good and bad folders, and programs that misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from migrator.adapters.checks import audit, checkov, cloudsplaining, parliament, workflows
from migrator.adapters.checks.tools import Runner
from migrator.adapters.programs import find_program
from migrator.domain.checks import Check, CheckOutcome, Severity
from tests.adapters.checks.small_service import make_program, make_service
from tests.adapters.checks.test_limits import line_of

WORKFLOW = "name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
GITLAB = "a:\n  script: !reference [b, script]\n"
# What a small service by hand does not have.
ALLOWED = ("CKV_AWS_27", "CKV_AWS_95", "CKV_AWS_116", "CKV_AWS_117", "CKV_AWS_173")


def full_service(folder: Path, *changes: tuple[str, str]) -> Path:
    """A service with everything that some program looks at."""
    service = make_service(folder, *changes)
    (service / "src" / "requirements.txt").write_text("# all\nrequests==2.19.0\n")
    (service / ".github" / "workflows").mkdir(parents=True)
    (service / ".github" / "workflows" / "ci.yml").write_text(WORKFLOW)
    return service


CHECKS: dict[str, Callable[[Path, Runner], Check]] = {
    "checkov": lambda folder, runner: checkov.check(folder, runner, ALLOWED),
    "parliament": parliament.check,
    "cloudsplaining": cloudsplaining.check,
    "check-jsonschema": workflows.check,
    "pip-audit": lambda folder, runner: audit.check(folder, runner, ask=True),
}


def real(program: str) -> Runner:
    if find_program(program) is None:
        pytest.skip(f"{program} is not installed (make setup)")
    return Runner()


@pytest.mark.parametrize("program", CHECKS)
def test_a_program_that_is_missing_leaves_the_check_unknown_and_says_how_to_get_it(
    program: str, tmp_path: Path
) -> None:
    found = CHECKS[program](full_service(tmp_path / "service"), Runner(find=lambda _: None))
    assert (found.outcome, found.summary) == (CheckOutcome.UNKNOWN, f"{program} was not found")
    assert program in found.findings[0].message and "pip install" in found.findings[0].message


BODIES = (
    "sys.exit(3)",
    "print('{'); sys.exit(0)",
    "print('[]')",
    "print(json.dumps({'something': 'else'}))",
    "print(b'\\xff\\x00'); os.abort()",
)
# Each program with one of them in the suite, with all of them in the thorough run.
DRAWN = list(zip(CHECKS, BODIES, strict=True))


@pytest.mark.parametrize(
    ("program", "body"),
    [
        pytest.param(program, body, marks=() if (program, body) in DRAWN else pytest.mark.thorough)
        for program in CHECKS
        for body in BODIES
    ],
)
def test_an_answer_that_is_none_is_never_taken_for_a_good_one(program: str, body: str, tmp_path: Path) -> None:
    fake = make_program(tmp_path / "bin", program, body)
    found = CHECKS[program](full_service(tmp_path / "service"), Runner(find=lambda _: fake))
    assert found.outcome is CheckOutcome.UNKNOWN
    assert found.summary.startswith(f"{program} gave no answer that can be read")


@pytest.mark.parametrize("program", ["checkov", "pip-audit"])
def test_a_program_that_hangs_is_ended_with_what_it_started(program: str, tmp_path: Path) -> None:
    mark = tmp_path / "child"
    body = f"import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nopen({str(mark)!r}, 'w').write(str(child.pid))\ntime.sleep(60)"
    fake = make_program(tmp_path / "bin", program, body)
    began = time.monotonic()
    found = CHECKS[program](full_service(tmp_path / "service"), Runner(deadline_s=1.0, find=lambda _: fake))
    assert time.monotonic() - began < 20
    assert (found.outcome, found.summary) == (CheckOutcome.UNKNOWN, f"{program} did not end within 1 s and was ended")
    assert not Path(f"/proc/{mark.read_text()}").exists()


@pytest.mark.parametrize("program", CHECKS)
def test_programs_get_nothing_of_the_users_accounts(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "BC_API_KEY", "GITHUB_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret-of-the-user")
    told = tmp_path / "environment"
    fake = make_program(tmp_path / "bin", program, f"open({str(told)!r}, 'w').write(json.dumps(dict(os.environ)))")
    CHECKS[program](full_service(tmp_path / "service"), Runner(find=lambda _: fake))
    assert "secret-of-the-user" not in told.read_text()
    assert json.loads(told.read_text())["SAM_CLI_TELEMETRY"] == "0"


def test_checkov(tmp_path: Path) -> None:
    service = full_service(tmp_path / "a folder; $(touch x) 'q'", ("      ReservedConcurrentExecutions: 5\n", ""))
    # A configuration that would silence it has no say.
    (service / ".checkov.yaml").write_text("skip-check: [CKV_AWS_115]\n")
    found = checkov.check(service, real("checkov"), ALLOWED)
    told = [(each.rule, each.severity, each.location) for each in found.findings]
    assert told == [("CKV_AWS_115", Severity.ERROR, f"template.yaml:{line_of('  Function:')}")]
    assert "Function" in found.findings[0].message
    assert found.outcome is CheckOutcome.FAILED
    assert "allowed, by checkov" in found.summary
    assert not list(tmp_path.rglob("x"))


@pytest.mark.thorough
def test_checkov_of_a_service_that_keeps_its_rules(tmp_path: Path) -> None:
    found = checkov.check(make_service(tmp_path / "service"), real("checkov"), ALLOWED)
    assert (found.outcome, found.findings) == (CheckOutcome.PASSED, ())


def test_parliament(tmp_path: Path) -> None:
    good = parliament.check(make_service(tmp_path / "good"), real("parliament"))
    assert (good.outcome, good.findings) == (CheckOutcome.PASSED, ())
    assert good.summary.startswith("3 statements of roles, 0 told, by parliament ")
    bad = make_service(tmp_path / "bad", ("Resource: !Ref StreamArn", "Resource: !GetAtt Queue.Arn"))
    found = parliament.check(bad, real("parliament"))
    assert [(each.rule, each.location) for each in found.findings] == [
        ("RESOURCE_MISMATCH", f"template.yaml:{line_of('Sid: Read')}")
    ]
    assert found.outcome is CheckOutcome.FAILED
    unknown = make_service(tmp_path / "unknown", ("kinesis:GetRecords", "kinesis:NoSuchAction"))
    assert "UNKNOWN_ACTION" in {each.rule for each in parliament.check(unknown, real("parliament")).findings}


def test_cloudsplaining(tmp_path: Path) -> None:
    good = cloudsplaining.check(make_service(tmp_path / "good"), real("cloudsplaining"))
    assert (good.outcome, good.findings) == (CheckOutcome.PASSED, ())
    bad = make_service(
        tmp_path / "bad", ("kinesis:GetRecords", "s3:GetObject"), ("Resource: !Ref StreamArn", 'Resource: "*"')
    )
    found = cloudsplaining.check(bad, real("cloudsplaining"))
    assert found.outcome is CheckOutcome.FAILED
    risks = {each.rule: each.message for each in found.findings}
    assert risks["DataExfiltration"] == "Role could read data of the whole account: s3:GetObject"


@pytest.mark.parametrize(
    ("path", "text", "place", "says"),
    [
        (".github/workflows/ci.yml", WORKFLOW.replace("- run: make", "- uses: 3"), ":7", "3 is not of type 'string'"),
        (".github/workflows/ci.yml", WORKFLOW.replace("on: push", "on: pushed"), ":2", "'pushed' is not one of"),
        (".github/workflows/--x; y.yaml", WORKFLOW.replace("name: x", "name: ["), ":3", "is not YAML"),
        (".gitlab-ci.yml", "a:\n  script: 3\n", ":2", "3 is not"),
    ],
)
def test_a_pipeline_that_its_forge_would_not_take(path: str, text: str, place: str, says: str, tmp_path: Path) -> None:
    service = full_service(tmp_path / "service")
    (service / path).write_text(text)
    found = workflows.check(service, real("check-jsonschema"))
    assert found.outcome is CheckOutcome.FAILED
    assert {each.location for each in found.findings} == {f"{path}{place}"}
    assert any(says in each.message for each in found.findings)


def test_pipelines_that_their_forges_take(tmp_path: Path) -> None:
    service = full_service(tmp_path / "service")
    (service / ".gitlab-ci.yml").write_text(GITLAB)
    found = workflows.check(service, real("check-jsonschema"))
    assert (found.outcome, found.findings) == (CheckOutcome.PASSED, ())
    assert found.summary.startswith("2 pipelines, by check-jsonschema ")


def test_a_folder_without_pipelines_needs_no_program(tmp_path: Path) -> None:
    found = workflows.check(make_service(tmp_path / "service"), Runner(find=lambda _: None))
    assert (found.outcome, found.summary) == (CheckOutcome.PASSED, "there are none")


@pytest.fixture
def advisories() -> Iterator[tuple[str, dict[str, object]]]:
    """A service of advisories at this machine, and what it answers."""
    answer: dict[str, object] = {}

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", answer
    server.shutdown()
    server.server_close()


def test_audit_of_a_service_that_answers(tmp_path: Path, advisories: tuple[str, dict[str, object]]) -> None:
    url, answer = advisories
    service = full_service(tmp_path / "service")
    arguments = ("--no-deps", "--disable-pip", "--vulnerability-service", "osv", "--osv-url", url)
    clean = audit.check(service, real("pip-audit"), ask=True, arguments=arguments)
    assert (clean.outcome, clean.findings) == (CheckOutcome.PASSED, ())
    assert clean.summary.startswith("1 packages, 0 vulnerabilities, 0 packages not found")
    answer["vulns"] = [
        {
            "id": "PYSEC-2018-28",
            "aliases": ["CVE-2018-18074"],
            "summary": "sends a header where it should not",
            "affected": [
                {
                    "package": {"ecosystem": "PyPI", "name": "requests"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.20.0"}]}],
                    "versions": ["2.19.0"],
                }
            ],
        }
    ]
    found = audit.check(service, real("pip-audit"), ask=True, arguments=arguments)
    assert found.outcome is CheckOutcome.FAILED
    [told] = found.findings
    assert (told.rule, told.location, told.hint) == ("PYSEC-2018-28", "src/requirements.txt:2", "mended by: 2.20.0")
    assert "CVE-2018-18074" in told.message


def test_audit_of_a_service_that_is_not_there(tmp_path: Path) -> None:
    service = full_service(tmp_path / "service")
    gone = ("--no-deps", "--disable-pip", "--vulnerability-service", "osv", "--osv-url", "http://127.0.0.1:9/")
    found = audit.check(service, real("pip-audit"), ask=True, arguments=gone)
    assert found.outcome is CheckOutcome.UNKNOWN
    assert found.summary.startswith("pip-audit gave no answer that can be read")


def test_a_package_that_was_skipped_is_unknown_whatever_pip_audit_says_in_words(tmp_path: Path) -> None:
    answer = {
        "dependencies": [
            {"name": "requests", "skip_reason": "not found"},
            {"name": "idna", "version": "1", "vulns": []},
        ]
    }
    body = f"print(json.dumps({answer!r})); print('No known vulnerabilities found', file=sys.stderr)"
    fake = make_program(tmp_path / "bin", "pip-audit", body)
    found = audit.check(full_service(tmp_path / "service"), Runner(find=lambda _: fake), ask=True)
    assert found.outcome is CheckOutcome.UNKNOWN
    assert [(each.severity, each.rule) for each in found.findings] == [(Severity.WARNING, "not-audited")]


def test_an_audit_that_was_not_asked_for_asks_nobody_and_passes_nothing(tmp_path: Path) -> None:
    fake = make_program(tmp_path / "bin", "pip-audit", f"open({str(tmp_path / 'asked')!r}, 'w')")
    found = audit.check(full_service(tmp_path / "service"), Runner(find=lambda _: fake))
    assert found.outcome is CheckOutcome.UNKNOWN
    assert not (tmp_path / "asked").exists()
    nothing = audit.check(make_service(tmp_path / "nothing"), Runner(find=lambda _: None))
    assert (nothing.outcome, nothing.summary) == (CheckOutcome.PASSED, "the service requires nothing")


def test_a_requirements_file_cannot_say_whom_pip_asks(tmp_path: Path) -> None:
    service = full_service(tmp_path / "service")
    (service / "src" / "requirements.txt").write_text("--index-url http://elsewhere.invalid/\nrequests==2.19.0\n")
    told = tmp_path / "told"
    body = f"open({str(told)!r}, 'w').write(open(sys.argv[sys.argv.index('--requirement') + 1]).read())"
    fake = make_program(tmp_path / "bin", "pip-audit", body)
    audit.check(service, Runner(find=lambda _: fake), ask=True)
    assert told.read_text() == "requests==2.19.0\n"
