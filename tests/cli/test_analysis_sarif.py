"""An analysis as SARIF: valid, at its places, with the ways there, and no more than code hosts take."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from migrator.cli.app import main
from migrator.cli.formats.analysis_sarif import sarif_of
from migrator.cli.formats.sarif import MOST_RESULTS, MOST_RUNS, told, uri_of
from migrator.domain.assessments import Analysis, Finding, FindingKind, Hazard, HazardKind, Skipped
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.json import json_text
from migrator.domain.locations import Location
from migrator.domain.reports import Report, Unanalyzed
from migrator.verdicts.baselines import baseline_of
from migrator.verdicts.changes import changes_between
from tests.support.reported import UNHURRIED, analyses, analysis, assessment
from tests.support.sarif import valid, valid_runs

BASE = Path("/checkout")
STATE = Effect.PROCESS_STATE_WRITE


def log(*found: Analysis, here: Path = BASE, **report: Any) -> dict[str, Any]:
    return sarif_of(Report(found, **report), "1.2.3", here=here, checkout=BASE)


def compared(before: Analysis, now: Analysis) -> Any:
    baseline = baseline_of(before, "2026-01-01T00:00:00Z", "", root="shop")
    changes = changes_between(baseline, now)
    return valid(log(now, changes=changes, before={now.root: baseline}))


def place_of(result: Any) -> tuple[str, int, int]:
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]["startLine"], where["region"]["startColumn"]


@settings(UNHURRIED, max_examples=25)
@given(analyses(), analyses())
def test_any_analysis_is_a_valid_log(before: Analysis, now: Analysis) -> None:
    assert valid(log(now))["results"] is not None
    compared(before, now)


def test_a_place_is_one_result_with_the_way_of_each_candidate() -> None:
    deep = Evidence(Location("shop/cart.py", 9, column=5), "changes shop.cart.CARTS", ("a.f", "b.g", "shop.cart.put"))
    one = replace(assessment("a.f", STATE), effects=(EffectFinding(STATE, (deep,)),))
    others = [replace(one, name=f"a.f{n}", effects=one.effects) for n in range(4)]
    run = valid(log(analysis(one, *others)))
    (result,) = run["results"]
    assert result["message"]["text"] == (
        "changes shop.cart.CARTS: in the way of 5 candidates, such as [a.f](1). Move the state out of the process."
    )
    assert (result["ruleId"], result["level"]) == ("effect/process-state-write", "warning")
    assert place_of(result) == ("shop/shop/cart.py", 9, 5)
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "shop.cart.put"
    assert [each["id"] for each in result["relatedLocations"]] == [1, 2, 3, 4, 5]
    assert result["relatedLocations"][0]["message"]["text"] == "a.f is refactor, proven"
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "a.f (GET /a.f)",
        "by b.g → shop.cart.put: changes shop.cart.CARTS",
    ]
    assert steps[0]["location"]["physicalLocation"]["region"]["startLine"] == one.location.line
    assert len(result["codeFlows"]) == 3


def test_rules_help_without_a_link_and_are_the_same_in_every_log() -> None:
    rules = valid(log(analysis()))["tool"]["driver"]["rules"]
    assert rules == valid(log(analysis(assessment("a.f", STATE))))["tool"]["driver"]["rules"]
    assert {rule["id"].split("/")[0] for rule in rules} == {"effect", "hazard", "finding"}
    assert len(rules) == len(Effect) + len(HazardKind) + len(FindingKind)
    for rule in rules:
        assert "helpUri" not in rule
        assert rule["help"]["text"].startswith(rule["shortDescription"]["text"])
        assert max(len(rule["shortDescription"]["text"]), len(rule["fullDescription"]["text"])) <= 1024
    state = next(rule for rule in rules if rule["id"] == "effect/process-state-write")
    assert "**Move the state out of the process.** Each Lambda environment" in state["help"]["markdown"]
    assert "its verdict is refactor" in state["fullDescription"]["text"]


def test_effects_are_notes_and_what_has_to_be_changed_comes_first() -> None:
    hazards = [
        Hazard(HazardKind.DOUBLE_RUN, Location("a.py", 1), "runs twice"),
        Hazard(HazardKind.ORDERING, Location("a.py", 2), "relies on the order"),
    ]
    finding = Finding(FindingKind.OVERRIDE, Location("a.py", 3), "allows what is not there")
    found = replace(analysis(assessment("a.f", STATE, Effect.DATABASE, hazards=hazards)), findings=(finding,))
    results = valid(log(found))["results"]
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("effect/process-state-write", "warning"),
        ("hazard/ordering", "warning"),
        ("finding/override", "warning"),
        ("effect/database", "note"),
        ("hazard/double-run", "note"),
    ]
    assert "relatedLocations" not in results[2]
    assert results[2]["message"]["text"] == "allows what is not there."


def test_fingerprints_stay_when_lines_move() -> None:
    def prints(line: int) -> list[str]:
        results = valid(log(analysis(assessment("a.f", STATE, Effect.CACHE, line=line))))["results"]
        return [result["partialFingerprints"]["migratorPlace/v1"] for result in results]

    assert prints(10) == prints(99)
    assert len(set(prints(10))) == 2
    assert not any("primaryLocationLineHash" in each for each in prints(10))


def test_each_result_says_whether_it_is_new() -> None:
    known, other = assessment("a.f", STATE), assessment("b.g", Effect.DATABASE, Effect.EMAIL)
    shared = known.effects[0]
    joined = replace(assessment("c.h", STATE), effects=(shared,))
    run = compared(analysis(known, other), analysis(known, joined, replace(other, effects=other.effects[:1])))
    said = {(result["ruleId"], result["baselineState"]): result for result in run["results"]}
    assert set(said) == {
        ("effect/process-state-write", "updated"),
        ("effect/database", "unchanged"),
        ("effect/email", "absent"),
    }
    absent = said["effect/email", "absent"]
    assert absent["suppressions"][0]["status"] == "accepted"
    assert absent["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "shop/b.py"}}
    new = compared(analysis(known), analysis(known, other))
    assert [result["baselineState"] for result in new["results"]] == ["unchanged", "new", "new"]
    assert all(result["suppressions"] == [] for result in new["results"])


def test_of_several_repositories_each_is_a_run_of_its_own_category() -> None:
    one, two = analysis(assessment("a.f", STATE), root="one/app"), analysis(root="two/app")
    failed = Unanalyzed("gone", "there is no gone")
    runs = valid_runs(log(one, two, failed=(failed,)))
    assert [run["automationDetails"]["id"] for run in runs] == [
        "migrator-analyze/one/app/",
        "migrator-analyze/two/app/",
    ]
    assert place_of(runs[0]["results"][0])[0] == "one/app/a.py"
    said = [each["message"]["text"] for each in runs[0]["invocations"][0]["toolExecutionNotifications"]]
    assert said == ["gone was not analyzed: there is no gone"]
    assert valid(log(two))["automationDetails"]["id"] == "migrator-analyze/"


def test_what_could_not_be_read_is_a_notification() -> None:
    skipped = tuple(Skipped(f"broken{n}.py", 3, "syntax error [x](y)", 7) for n in range(2))
    (invocation,) = valid(log(replace(analysis(), skipped=skipped)))["invocations"]
    first = invocation["toolExecutionNotifications"][0]
    assert first["message"]["text"] == "syntax error \\[x\\](y); what stands here is unknown"
    assert place_of(first) == ("shop/broken0.py", 3, 7)
    assert len(invocation["toolExecutionNotifications"]) == 2


def test_what_github_would_refuse_is_left_out_with_a_word() -> None:
    places = range(1, MOST_RESULTS + 11)
    reads = tuple(Evidence(Location("a.py", line), f"asks {line}", ("a.f",)) for line in places)
    many = assessment("a.f", Effect.DATABASE, hazards=[Hazard(HazardKind.ORDERING, Location("a.py", 2), "by order")])
    many = replace(many, effects=(EffectFinding(Effect.DATABASE, reads),))
    run = log(analysis(many))["runs"][0]
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][0]["ruleId"] == "hazard/ordering"
    (left_out,) = run["invocations"][0]["toolExecutionNotifications"]
    assert left_out["message"]["text"].startswith("11 results of the least weight left out")
    fleet = [analysis(root=f"r{number}") for number in range(MOST_RUNS + 2)]
    runs = valid_runs(log(*fleet))
    assert len(runs) == MOST_RUNS
    assert "2 repositories left out" in json.dumps(runs[0])


@pytest.mark.thorough
def test_the_largest_log_is_smaller_than_github_takes() -> None:
    """10 MB compressed (docs.github.com, "SARIF file is too large", read 2026-11), with names that do not compress."""

    def name(number: int) -> str:
        return ".".join(hashlib.sha256(f"{number} {part}".encode()).hexdigest() for part in range(4))

    names = [name(number) for number in range(50)]
    places = []
    for number in range(0, MOST_RESULTS, 50):
        reasons = [f"changes {name(number + part)}" for part in range(50)]
        places += [Evidence(Location(f"{name(number)}.py", 1), reason, (names[0], *names[:20])) for reason in reasons]
    effects = (EffectFinding(STATE, tuple(places)),)
    found = analysis(*(replace(assessment(each, STATE), effects=effects) for each in names[:10]))
    run = log(found)["runs"][0]
    assert len(run["results"]) == MOST_RESULTS
    size = len(gzip.compress(json_text(run, indent=2).encode(), 6))
    assert size < 10_000_000, f"{size:,} bytes"


@pytest.mark.parametrize(
    ("root", "uri"),
    [
        (".", "a%20b/c.py"),
        ("shop", "shop/a%20b/c.py"),
        ("/checkout/shop", "shop/a%20b/c.py"),
        ("../other", "file:///other/a%20b/c.py"),
        ("/elsewhere", "file:///elsewhere/a%20b/c.py"),
    ],
)
def test_paths_are_those_of_the_checkout(root: str, uri: str) -> None:
    found = analysis(assessment("a.f", STATE, path="a b/c.py"), root=root)
    assert place_of(valid(log(found))["results"][0])[0] == uri
    below = analysis(assessment("a.f", STATE), root="../shop")
    assert place_of(valid(log(below, here=BASE / "deploy"))["results"][0])[0] == "shop/a.py"


def test_any_name_of_a_file_is_a_uri_and_no_text_is_a_link() -> None:
    names = ("a:b.py", "javascript:x.py", "é.py", "\udcff.py", "\ud800.py", "a\nb.py", "%41.py", "#?.py")
    for name in names:
        uri = uri_of(Path(name))
        assert uri.isascii() and ":" not in uri and "\n" not in uri, name
    assert len({uri_of(Path(name)) for name in names}) == len(names)
    assert told("[x](javascript:1)\\\n\x1b[31m\u202ey") == "\\[x\\](javascript:1)\\\\ \\[31m y"
    assert len(told("x" * 5000)) == 1000


def test_the_command_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "web.py").write_text(
        "from flask import Flask\napp = Flask('x')\n@app.get('/')\ndef v():\n    while True: pass\n"
    )
    with pytest.raises(SystemExit) as ended:
        main(["analyze", ".", "--jobs", "1", "--format", "sarif", "--fail-on", "keep"])
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    (result,) = valid(json.loads(out))["results"]
    assert result["ruleId"] == "effect/unbounded"
    assert place_of(result) == ("web.py", 5, 1)
    assert "web.v is keep" in err
