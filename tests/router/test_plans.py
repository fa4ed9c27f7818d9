"""Plans of rollouts in a router.yaml: what they mean, and every mistake at its line and column."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from migrator.domain.gates import (
    ASKS,
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.rollouts import Freeze, RolloutPlan, Step, Undecided, Window
from migrator.router import RouterError, parse_router, to_yaml
from migrator.router.edit import with_weights
from migrator.router.templates import TEMPLATES

BEGINNING = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
legacy: {url: http://127.0.0.1:8000}
routes:
  - name: other
    match: {http: {path: /other}}
    canary: {lambda: f, url: http://127.0.0.1:9000}
    weight: 0
  - name: tax
    match: {http: {path: /tax}}
    canary: {lambda: f, url: http://127.0.0.1:9000}
    weight: 0
"""

FULL = f"""\
{BEGINNING}\
    rollout:
      steps: [{{weight: 5, bake: 5m, undecided: go-on}}, {{weight: 25, bake: 1d, min_requests: 7}}, {{weight: 100, bake: 1h, approval: true}}]
      windows:
        - {{days: [mon, fri], from: "09:00", to: "17:00", zone: Europe/Berlin}}
        - {{from: 22:00, to: 02:30}}
      freezes:
        - {{from: 2026-12-20, to: 2027-01-05, zone: Europe/Berlin, reason: year end}}
        - {{from: 2027-03-01T18:00, to: 2027-03-02T06:00:30+02:00}}
      after: [other]
      silence: {{limit: 10m, weight: 25}}
      rollback_window: 7d
      gates:
        - {{error_rate: {{worse_by: 1pp}}}}
        - {{latency: {{quantile: p99, ratio: 1.5}}}}
        - {{parity: {{different: 0, fresh: 2d}}}}
        - {{cold_starts: {{at_most: 10%}}}}
        - {{throttles: {{at_most: 0.1%}}}}
        - {{availability: {{at_least: 99.99%, over: 14d}}}}
        - {{cost: {{function: tax, at_most: 4.00, for: 1h}}}}
        - {{dead_letters: {{queue: tax-dlq, at_most: 0}}}}
        - {{metric: {{name: orders, prometheus: {{url: http://127.0.0.1:9090/, query: sum(up), token_env: TOKEN}}, at_least: 5, for: 10m}}}}
        - {{metric: {{name: x, cloudwatch: {{namespace: Shop, metric: Orders, dimensions: {{Zone: b, Area: a}}, statistic: Sum}}, at_most: 1}}}}
        - {{webhook: {{name: checks, url: https://checks.example/go, secret_env: KEY}}}}
"""


def plan(rollout: str) -> RolloutPlan:
    return parse_router(f"{BEGINNING}    rollout: {rollout}\n").entry("tax").rollout


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(RouterError) as raised:
        parse_router(text)
    return [line.removeprefix("router.yaml:") for line in raised.value.lines]


def at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


def test_all_that_a_plan_can_say_is_read() -> None:
    assert parse_router(FULL).entry("tax").rollout == RolloutPlan(
        route="tax",
        steps=(Step(5, 300, undecided=Undecided.GO_ON), Step(25, 86400, 7), Step(100, 3600, approval=True)),
        gates=(
            ErrorRateGate(1),
            LatencyGate(0.99, 1.5),
            ParityGate(0, 172800),
            ColdStartGate(10, 20),
            ThrottleGate(0.1),
            AvailabilityGate(99.99, 14 * 86400),
            ReadingGate("cost", ReadingKind.COST, {"function": "tax"}, at_most=4, for_s=3600),
            ReadingGate("dead_letters", ReadingKind.DEAD_LETTERS, {"queue": "tax-dlq"}, at_most=0),
            ReadingGate(
                "orders",
                ReadingKind.PROMETHEUS,
                {"url": "http://127.0.0.1:9090", "query": "sum(up)", "token_env": "TOKEN"},
                at_least=5,
                for_s=600,
            ),
            ReadingGate(
                "x",
                ReadingKind.CLOUDWATCH,
                {
                    "namespace": "Shop",
                    "metric": "Orders",
                    "dimensions": '{"Area": "a", "Zone": "b"}',
                    "statistic": "Sum",
                },
                at_most=1,
            ),
            WebhookGate("checks", "https://checks.example/go", "KEY"),
        ),
        windows=(
            Window((0, 4), 540, 1020, "Europe/Berlin"),
            Window((0, 1, 2, 3, 4, 5, 6), 1320, 150),
        ),
        # The days are Berlin's, and the last one is frozen to its end; an offset counts for more than the zone.
        freezes=(
            Freeze(at(2026, 12, 19, 23), at(2027, 1, 5, 23), "year end"),
            Freeze(at(2027, 3, 1, 18), at(2027, 3, 2, 4, 0, 30)),
        ),
        after=("other",),
        silence_s=600,
        safe_weight=25,
        rollback_window_s=7 * 86400,
    )


def test_a_reading_asks_in_the_words_of_its_kind() -> None:
    asked = [gate for gate in parse_router(FULL).entry("tax").rollout.gates if isinstance(gate, ReadingGate)]
    assert {gate.kind for gate in asked} == set(ASKS)
    for gate in asked:
        assert set(gate.asks) <= set(ASKS[gate.kind])
        assert {word for word, needed in ASKS[gate.kind].items() if needed} <= set(gate.asks)


def test_all_that_a_plan_can_say_is_written_back() -> None:
    config = parse_router(FULL)
    assert parse_router(to_yaml(config)) == config


def test_setting_a_weight_keeps_every_byte_of_a_plan() -> None:
    changed = with_weights(FULL, {"tax": 5}, source="router.yaml")
    assert changed == FULL.replace("weight: 0\n    rollout", "weight: 5\n    rollout")


def test_a_time_over_a_change_of_the_clocks_is_that_of_its_zone() -> None:
    said = "{from: 2027-03-28T01:30, to: 2027-03-28T03:30, zone: Europe/Berlin}"
    (freeze,) = plan(f"{{template: fast, freezes: [{said}]}}").freezes
    assert freeze.ends - freeze.begins == 3600


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_brings_all_that_is_not_said_beside_it(name: str) -> None:
    template = TEMPLATES[name]
    bare = plan(f"{{template: {name}}}")
    assert (bare.steps, bare.gates, bare.template) == (template.steps, template.gates, name)
    assert (bare.silence_s, bare.safe_weight) == (template.silence_s, template.safe_weight)
    assert bare.rollback_window_s == template.rollback_window_s
    said = plan(f"{{template: {name}, gates: [], silence: {{limit: 1h}}, rollback_window: 0}}")
    assert (said.steps, said.gates, said.silence_s, said.rollback_window_s) == (template.steps, (), 3600, 0)


def test_the_templates_keep_to_the_rules_of_a_file() -> None:
    for name, template in TEMPLATES.items():
        config = parse_router(f"{BEGINNING}    rollout: {{template: {name}}}\n")
        # Spelled out, as somebody would who begins with a template.
        spelled = to_yaml(config).replace(
            f"template: {name}", "steps: [{weight: 50, bake: 1m}, {weight: 100, bake: 1m}]"
        )
        parse_router(spelled)
        assert template.steps[-1].weight == 100 and template.about


MISTAKES = [
    ("zone: Europe/Berlin}\n        - {from: 22", "zone: Europe/Berlim}\n        - {from: 22", "^Europe/Berlim", "windows[0].zone: there is no time zone 'Europe/Berlim'; did you mean Europe/Berlin?"),
    ('to: "17:00"', 'to: "09:00"', 'to: ^"09:00"', "windows[0].to: a window from 09:00 to 09:00 has no length; a whole day is"),
    ('to: "17:00"', 'to: "24:01"', '^"24:01"', "windows[0].to: expected a time of day such as \"09:00\", found '24:01'"),
    ('from: "09:00"', "from: 9", "from: ^9,", "windows[0].from: expected a time of day"),
    ('from: "09:00"', 'from: "24:00"', '^"24:00"', "windows[0].from: a window does not begin at 24:00"),
    ("[mon, fri]", "[mon, monday]", "^monday", "windows[0].days[1]: expected one of mon, tue"),
    ("[mon, fri]", "[mon, mon]", "mon, ^mon", "windows[0].days[1]: the day stands twice"),
    ("to: 2027-01-05", "to: 2026-12-19", "^2026-12-19", "freezes[0].to: the freeze ends before it begins: 2026-12-19 is not after 2026-12-20"),
    ("from: 2026-12-20", "from: 2026-02-30", "^2026-02-30", "freezes[0].from: '2026-02-30' is not in the calendar"),
    ("from: 2026-12-20", "from: 20.12.2026", "^20.12.2026", "freezes[0].from: expected a date such as 2026-12-20"),
    ("[other]", "[othre]", "[^othre]", "after[0]: there is no route 'othre'; did you mean other?"),
    ("[other]", "[tax]", "after: ^[tax]", "after: the routes wait for each other: tax -> tax"),
    ("weight: 25}\n", "weight: 20}\n", "weight: ^20}", "silence.weight: 20 is the weight of no step; it is one of 0, 5, 25, 100"),
    ("limit: 10m", "limit: 0", "limit: ^0,", "silence.limit: expected a duration above 0"),
    ("worse_by: 1pp", "worse_by: 0pp", "^0pp", "gates[0].error_rate.worse_by: a margin of 0 can never be shown: give the margin that users would tolerate"),
    ("ratio: 1.5", "ratio: 1.1", "ratio: ^1.1", "gates[1].latency.ratio: times are told apart in steps of a tenth: give a ratio above 1.1"),
    ("p99, ratio", "p90, ratio", "^p90", "gates[1].latency.quantile: p95 and p99 are what is tested, found p90"),
    ("at_most: 10%", "at_most: 10", "at_most: ^10}", "gates[3].cold_starts.at_most: expected a share such as 10% or 99.99%, found 10"),
    ("at_most: 0.1%", "at_most: 0%", "at_most: ^0%", "gates[4].throttles.at_most: a share here lies above 0% and below 100%"),
    ("99.99%", "100%", "^100%", "gates[5].availability.at_least: a share here lies above 0% and below 100%"),
    ("over: 14d", "over: 0s", "^0s", "gates[5].availability.over: expected a duration above 0"),
    ("tax, at_most: 4.00, for", "tax, for", "^{function: tax", "gates[6].cost: what is a good figure? say at_most, at_least, or both"),
    ("at_least: 5, for", "at_least: 5, at_most: 4, for", "metric: ^{name: orders", "gates[8].metric: no figure is at least 5 and at most 4"),
    (", cloudwatch: {namespace: Shop, metric: Orders, dimensions: {Zone: b, Area: a}, statistic: Sum}", "", "metric: ^{name: x", "gates[9].metric: who is asked? name one of prometheus and cloudwatch"),
    ("metric: Orders, ", "", "cloudwatch: ^{", "gates[9].metric.cloudwatch.metric: is missing"),
    ("statistic: Sum", "statistic: sum", "statistic: ^sum", "gates[9].metric.cloudwatch.statistic: 'sum' does not have the form"),
    ("name: x,", "name: orders,", "- ^{metric: {name: orders, cloud", "gates[9]: the gate orders is there already, on line 33; give one of both another name"),
    ("name: x,", "name: latency_p99,", "- ^{metric: {name: latency_p99", "gates[9]: the gate latency_p99 is there already, on line 26"),
    ("- {throttles: {at_most: 0.1%}}", "- {error_rate: {worse_by: 2pp}}", "- ^{error_rate: {worse_by: 2pp", "gates[4]: the gate error_rate is there already, on line 25; take one of both away"),
    ("{throttles: {", "{throtles: {", "- ^{throtles", "gates[4]: expected one of error_rate, latency, parity, cold_starts, throttles, availability, cost, dead_letters, metric, webhook; did you mean throttles?"),
    ("1pp}}", "1pp}, parity: {different: 0}}", "^parity: {different: 0}}", "gates[0].parity: a gate is an entry of its own: begin it with a dash"),
    ("secret_env: KEY", "secret_env: s3cr3t-key", "^s3cr3t-key", "gates[10].webhook.secret_env: 's3cr3t-key' does not have the form"),
    ("secret_env", "secret_emv", "^secret_emv", "gates[10].webhook.secret_emv: no such key; did you mean secret_env?"),
    ("bake: 1d, min", "bake: 1d, undecided: go-on, min", "undecided: ^go-on, min", "steps[1].undecided: nothing but evidence leads to 100 %"),
    ("undecided: go-on}", "undecided: maybe}", "^maybe", "steps[0].undecided: expected 'hold' or 'go-on', found 'maybe'"),
    ("name: x,", "name: requests,", "- ^{metric: {name: requests", "gates[9]: requests is what a step's own count of requests is called"),
    ("{weight: 5, bake: 5m, undecided: go-on}, {weight: 25, bake: 1d, min_requests: 7}, ", "", "weight: ^100, bake", "steps[0].weight: without a call left for legacy nothing can be compared"),
    ("      windows:", "      template: fast\n      windows:", "^steps:", "steps: the template fast brings its own steps; take one of both away"),
    ("      windows:", "      template: quick\n      windows:", "template: ^quick", "template: there is no template 'quick'; there are cautious, standard, fast"),
    ("      windows:", "      template: cautios\n      windows:", "template: ^cautios", "template: there is no template 'cautios'; did you mean cautious?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "expected"), MISTAKES, ids=[case[1][:40] for case in MISTAKES])
def test_a_mistake_is_named_with_its_place(old: str, new: str, place: str, expected: str) -> None:
    assert FULL.count(old) == 1, old
    text = FULL.replace(old, new)
    found = mistakes_of(text)
    before = text[: text.index(place.replace("^", "", 1)) + place.index("^")]
    line = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert any(each.startswith(f"{line}: routes[1].rollout.{expected}") for each in found), (line, found)


def test_neither_steps_nor_a_template_is_a_mistake() -> None:
    (found,) = mistakes_of(f"{BEGINNING}    rollout: {{gates: []}}\n")
    assert found == "13:14: routes[1].rollout: name the steps, or a template: cautious, standard, fast"


def waiting(first: str, second: str, more: str = "") -> str:
    text = f"{BEGINNING}    {second}\n"
    return text.replace("weight: 0\n  - name: tax", f"weight: 0\n    {first}\n  - name: tax").replace(
        "weight: 0\n", f"weight: 0\n{more}"
    )


def test_routes_that_wait_in_a_circle_are_a_mistake_whatever_they_wait_by() -> None:
    after_tax, after_other = (f"rollout: {{template: fast, after: [{name}]}}" for name in ("tax", "other"))
    parse_router(waiting(after_tax, "timeout: 9s"))
    (found,) = mistakes_of(waiting(after_tax, after_other))
    assert found.startswith("9:38: routes[0].rollout.after: the routes wait for each other: other -> tax -> other")
    # tax may not be above other, which begins when tax is at 100 %.
    (found,) = mistakes_of(waiting(after_tax, "not_above: [other]"))
    assert "routes[0].rollout.after: the routes wait for each other: other -> tax -> other; none would" in found


def test_routes_of_one_weight_cannot_wait_for_each_other() -> None:
    sticky = "    sticky: {header: x-tenant, group: checkout}\n"
    (found,) = mistakes_of(waiting("rollout: {template: fast, after: [tax]}", "timeout: 9s", sticky))
    assert found.startswith("10:39: routes[0].rollout.after[0]: tax is in the sticky group 'checkout' too")


@pytest.mark.parametrize(("last", "mistakes"), [("", 0), ("r1499", 1)])
def test_long_chains_of_routes_that_wait_are_told_at_once(last: str, mistakes: int) -> None:
    def route(number: int) -> str:
        before = f"r{number - 1}" if number else last
        rollout = f"{{template: fast, after: [{before}]}}" if before else "{template: fast}"
        return (
            f"  - {{name: r{number}, match: {{http: {{path: /r{number}}}}}, weight: 0, "
            f"canary: {{lambda: f, url: http://127.0.0.1:9000}}, rollout: {rollout}}}\n"
        )

    head = BEGINNING.partition("routes:\n")[0] + "routes:\n"
    text = head + "".join(map(route, range(1500)))
    begun = time.process_time()
    assert (len(mistakes_of(text)) if mistakes else len(parse_router(text).entries)) == (mistakes or 1500)
    # In time that grows with the square this takes half a minute.
    assert time.process_time() - begun < 5
