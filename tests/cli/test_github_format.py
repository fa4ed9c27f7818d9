"""`--format github`: annotations at their lines, few enough to be shown, whatever the texts; and the step's summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrator.cli.app import main
from migrator.cli.formats.check_github import annotations_of, summary_of
from migrator.cli.formats.github_annotations import SHOWN, Annotation, Level, annotation_lines
from migrator.cli.formats.places import placed
from migrator.cli.terminal import say
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, CheckReport, Severity
from tests.support.hostile.monoliths import SHOP, write_files
from tests.support.hostile.skeletons import markdown, seen
from tests.support.hostile.texts import TRICKS

EVERY_TRICK = "".join(TRICKS.values())
COMMAND = re.compile(r"::(error|warning|notice)(?: ((?:[a-zA-Z]+=[^,:\r\n]*,?)+))?::([^\r\n]*)")
UNESCAPED = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A line as the runner takes it apart: what it does not take is an ordinary line of a log."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line
    properties = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)
    return found[1], {name: unescaped(text) for name, text in properties.items()}, unescaped(found[3])


def unescaped(text: str) -> str:
    return re.sub("%0D|%0A|%3A|%2C|%25", lambda match: UNESCAPED[match[0]], text)


def lines(*annotations: Annotation, workspace: str = "") -> list[str]:
    return list(annotation_lines(annotations, rest="migrator x", workspace=workspace))


def test_the_runner_reads_what_was_said() -> None:
    (line,) = lines(Annotation(Level.ERROR, "100 %: a,\nb", "t: 1, 2", "a,b:c.py", 3, 4, 9))
    assert line == "::error file=a%2Cb%3Ac.py,line=3,endLine=9,col=4,title=t%3A 1%2C 2::100 %25: a,%0Ab"
    told = {"file": "a,b:c.py", "line": "3", "endLine": "9", "col": "4", "title": "t: 1, 2"}
    assert read(line) == ("error", told, "100 %: a,\nb")
    assert lines(Annotation(Level.NOTICE, "x")) == ["::notice::x"]


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_said_is_a_command_of_its_own(trick: str) -> None:
    text = TRICKS[trick]
    (line,) = lines(Annotation(Level.WARNING, text, text, f"a{text}".replace("\x00", ""), 1))
    level, properties, _ = read(line)
    assert (level, set(properties)) == ("warning", {"file", "line", "title"})
    assert seen(line) == ""


def test_what_github_would_leave_out_is_counted_on_the_last_line_that_it_shows() -> None:
    many = [Annotation(Level.ERROR, str(number)) for number in range(SHOWN + 5)]
    told = lines(*many[:SHOWN], Annotation(Level.NOTICE, "n"))
    assert len(told) == SHOWN + 1
    told = lines(Annotation(Level.NOTICE, "n"), *many, many[0])
    assert [line for line in told if line.startswith("::error")][:-1] == [f"::error::{n}" for n in range(SHOWN - 1)]
    assert told[SHOWN - 1].startswith("::error title=6 more errors::")
    assert "migrator x" in told[SHOWN - 1]
    assert told[SHOWN:] == ["::notice::n"]


def test_paths_are_those_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services").mkdir()
    monkeypatch.chdir(tmp_path / "services")
    for path, shown in (("tax/a.py", "services/tax/a.py"), ("../b.py", "b.py"), ("/elsewhere/c.py", "/elsewhere/c.py")):
        (line,) = lines(Annotation(Level.ERROR, "x", path=path), workspace=str(tmp_path))
        assert line == f"::error file={shown}::x"


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("", ("", 0, 0)),
        ("a.py", ("a.py", 0, 0)),
        ("a.py:3", ("a.py", 3, 0)),
        ("a.py:3:4", ("a.py", 3, 4)),
        ("a:b.py:3", ("a:b.py", 3, 0)),
        (":3", (":3", 0, 0)),
    ],
)
def test_a_place_is_taken_apart(location: str, place: tuple[str, int, int]) -> None:
    assert placed(location) == place


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[tuple[str, dict[str, str], str]]]:
    code = 0
    try:
        main([*arguments, "--format", "github"])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    assert err == ""
    return code, [read(line) for line in out.splitlines()]


def test_an_analysis_points_at_lines_and_writes_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write_files(SHOP, tmp_path / "repo", lambda name: EVERY_TRICK)
    monkeypatch.chdir(tmp_path / "repo")
    code, told = called(capsys, "analyze", ".", "--jobs", "1", "--fail-on", "refactor")
    assert code == 1
    cart = (tmp_path / "repo" / "shop" / "cart.py").read_text("utf-8").split("\n")
    error = next(each for each in told if each[0] == "error")
    assert cart[int(error[1]["line"]) - 1].startswith("def add")
    assert error[1]["file"] == "shop/cart.py"
    assert error[2].startswith("shop.cart.add is refactor")
    assert [each[1]["file"] for each in told if each[1]["title"] == "not read"] == ["shop/broken.py"]
    blocker = next(each for each in told if each[1]["title"] == "process-state-write")
    assert "_carts[" in cart[int(blocker[1]["line"]) - 1]
    text = summary.read_text("utf-8")
    assert text.startswith("before\n### migrator analyze")
    assert "`shop.cart.add`" not in text.partition("in the way")[0]
    assert seen(text) == ""
    markdown(text)


def test_an_analysis_without_a_file_for_the_summary_writes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert called(capsys, "analyze", str(tmp_path)) == (0, [])
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    with pytest.raises(SystemExit):
        main(["analyze", str(tmp_path), "--format", "github"])
    assert "summary was not written" in capsys.readouterr().err


def test_a_check_says_each_finding_at_its_place() -> None:
    findings = (
        CheckFinding("wrong", "src/app.py:3:4", "mend it", Severity.ERROR, "E1"),
        CheckFinding("odd", "template.yaml", severity=Severity.WARNING),
        CheckFinding("known", severity=Severity.NOTE),
    )
    report = CheckReport(
        "services/tax",
        "shop.tax",
        (
            Check("python", CheckOutcome.FAILED, EVERY_TRICK, findings),
            Check("audit", CheckOutcome.UNKNOWN, "there is no pip-audit", (findings[2],)),
        ),
    )
    told = [read(line) for line in lines(*annotations_of(report))]
    assert told == [
        (
            "error",
            {"file": "services/tax/src/app.py", "line": "3", "col": "4", "title": "python: E1"},
            "wrong\nmend it",
        ),
        ("warning", {"file": "services/tax/template.yaml", "title": "python"}, "odd"),
        ("warning", {"title": "audit"}, "audit could not say anything: there is no pip-audit"),
        ("notice", {"title": "python"}, "known"),
    ]
    assert "| python | failed |" in summary_of(report)
    markdown(summary_of(report))


def test_a_router_configuration_has_each_mistake_in_its_own_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "routes").mkdir()
    main_file, fragment = tmp_path / "router.yaml", tmp_path / "routes" / "tax.yaml"
    main_file.write_text('version: 1\ninclude: ["routes/*.yaml"]\nwieght: 3\n')
    fragment.write_text("routes:\n  - name: tax\n    weight: heavy\n")
    code, told = called(capsys, "router", "validate", "router.yaml")
    assert code == 3
    places = {(properties["file"], properties["line"]) for _, properties, _ in told}
    assert ("router.yaml", "3") in places
    assert ("routes/tax.yaml", "3") in places
    assert {level for level, _, _ in told} == {"error"}
    fragment.unlink()
    main_file.write_text("version: 1\nroutes: []\n")
    assert called(capsys, "router", "validate", "router.yaml") == (0, [])


def test_no_text_is_a_command_to_the_runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    text = "::add-mask::x\n  ::error::y a::b ##[group]z AWS::Region"
    say(text)
    assert capsys.readouterr().out == f"{text}\n"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    say(text)
    assert capsys.readouterr().out == ":\\:add-mask::x\n  :\\:error::y a::b ##\\[group]z AWS::Region\n"
