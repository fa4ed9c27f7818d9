"""What is stated over the head of the analysis: who sees it, and what is said of statements that apply to nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.overrides import Override, OverrideKind, Stated
from migrator.facts import extract_facts, read_overrides
from migrator.model import ProgramModel, build_model
from tests.support.programs import knowledge, tree_of


def model_of(text: str, *more: Stated) -> ProgramModel:
    tree = tree_of(text)
    facts, _ = extract_facts(tree)
    stated, findings = read_overrides(tree)
    assert not findings
    return build_model(facts, knowledge(), (*stated, *more))


def effects(model: ProgramModel, name: str) -> set[str]:
    said = {finding.effect.value for finding in model.summary(f"app.{name}").effects}
    assert said == {effect.value for effect in model.effects(f"app.{name}")}
    return said


SEND = "import smtplib, subprocess\ndef send(): smtplib.SMTP('h').sendmail('a', 'b', 'c')\n"


def test_allow_hides_what_a_function_does_and_reaches_from_its_callers() -> None:
    model = model_of(
        SEND
        + "# migrator: allow email -- a test account\ndef f():\n    send()\n    subprocess.run(['x'])\ndef g(): f()\n"
    )
    assert effects(model, "f") == effects(model, "g") == {"subprocess"}
    assert effects(model, "send") == {"email"}
    stated = model.summary("app.g").overrides
    assert [(item.function, item.reason) for item in stated] == [("app.f", "a test account")]
    assert not model.summary("app.send").overrides
    assert not model.findings


def test_another_way_to_the_effect_still_counts() -> None:
    text = SEND + "def f(): send()  # migrator: allow email -- ok\n"
    model = model_of(text + "def g():\n    f()\n    h()\ndef h(): send()\n")
    assert effects(model, "f") == set()
    assert effects(model, "g") == {"email"}
    chains = [item.chain for item in model.summary("app.g").effects[0].evidence]
    assert set(chains) == {("app.g", "app.h", "app.send")}


def test_one_that_hides_and_one_that_calls_it_back() -> None:
    text = SEND + "def f(n):  # migrator: allow email -- ok\n    send()\n    g(n)\ndef g(n):\n    f(n)\n    h(n)\n"
    model = model_of(text + "def h(n):\n    g(n)\n    subprocess.run(['x'])\n")
    assert {name: effects(model, name) for name in "fgh"} == {name: {"subprocess"} for name in "fgh"}


def test_a_line_hides_only_itself() -> None:
    text = "import smtplib\ndef f(s):\n    smtplib.SMTP('h').sendmail('a', 'b', 'c')  # migrator: allow email -- one\n"
    assert effects(model_of(text), "f") == set()
    assert effects(model_of(text + "    smtplib.SMTP('h').sendmail('a', 'b', 'c')\n"), "f") == {"email"}


def test_effect_is_added_with_its_reason_and_counts_as_a_change() -> None:
    model = model_of("def f():  # migrator: effect database -- a stored procedure\n    ...\ndef g(): f()\n")
    assert effects(model, "g") == {"database"}
    evidence = model.summary("app.g").effects[0].evidence[0]
    assert evidence.changes
    assert "a stored procedure" in evidence.reason
    assert evidence.chain == ("app.g", "app.f")
    assert str(evidence.location) == "app.py:1:11"


def test_state_that_is_allowed() -> None:
    text = (
        "seen = {}\n# migrator: allow process-state-write -- statistics only\ndef f(x): seen[x] = seen.get(x, 0) + 1\n"
    )
    assert effects(model_of(text.replace("# migrator", "#")), "f") >= {"process-state-write"}
    assert "process-state-write" not in effects(model_of(text), "f")


def test_what_no_longer_applies_is_a_finding() -> None:
    model = model_of(
        SEND
        + "# migrator: allow email -- no more\ndef f(): ...\n"
        + "def g():\n    send()  # migrator: allow email -- the call does not send itself\n"
    )
    said = [(str(item.location), item.reason) for item in model.findings]
    assert said[0] == ("app.py:3:1", "nothing to allow: app.f does not have the effect email")
    assert said[1][0] == "app.py:6:13"
    assert "line 6 itself has no effect email" in said[1][1]
    assert effects(model, "g") == {"email"}


def _named(function: str, kind: OverrideKind = OverrideKind.ALLOW) -> Stated:
    return Stated(Override(kind, Effect.EMAIL, function, Location("migrator.toml", 3, column=10), "known"))


def test_statements_by_name() -> None:
    model = model_of(SEND + "def f(): send()\nclass C:\n    def m(self): ...\n", _named("app.f"))
    assert effects(model, "f") == set()
    added = model_of("class C:\n    def m(self): ...\n", _named("app.C.m", OverrideKind.EFFECT))
    assert effects(added, "C.m") == {"email"}
    assert str(added.summary("app.C.m").effects[0].evidence[0].location) == "app.py:2:5"
    gone = model_of(SEND, _named("app.gone"))
    assert [(str(item.location), item.reason) for item in gone.findings] == [
        ("migrator.toml:3:10", "there is no function 'app.gone' in the analyzed code")
    ]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12),
    st.sets(st.integers(0, 5)),
    st.sets(st.integers(0, 5)),
)
@settings(max_examples=120, deadline=None)
def test_hiding_is_reachability_without_the_hiding_ones(
    calls: list[tuple[int, int]], hiding: set[int], sending: set[int]
) -> None:
    """An effect is seen exactly where a way leads to it over functions that do not hide it."""
    lines = ["import smtplib"]
    for number in range(6):
        comment = "  # migrator: allow email -- stated" if number in hiding else ""
        lines.append(f"def f{number}():{comment}\n    pass")
        lines += [f"    f{target}()" for source, target in calls if source == number]
        lines += ["    smtplib.SMTP('h').sendmail('a', 'b', 'c')"] if number in sending else []
    model = model_of("\n".join(lines) + "\n")
    seen = sending - hiding
    for _ in range(6):
        seen |= {source for source, target in calls if target in seen and source not in hiding}
    assert {number for number in range(6) if effects(model, f"f{number}")} == seen
    unused = {int(item.reason.split("app.f")[1][0]) for item in model.findings}
    used = {source for source, target in calls if target in seen} | sending
    assert unused == hiding - used
