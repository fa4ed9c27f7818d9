"""Who is told of transitions, and where legacy says how it is, as router.yaml says it."""

from __future__ import annotations

import pytest

from migrator.domain.rollouts import Phase
from migrator.router import RouterError, parse_router, to_yaml
from migrator.router.notifications import Notified, PullRequestSink, SlackSink, SnsSink, WebhookSink
from tests.support.router_files import SMALLEST

TOPIC = "arn:aws:sns:eu-central-1:123456789012:rollouts.fifo"
ALL = f"""
notifications:
  - slack: {{url_env: SLACK_URL}}
    on: [rolled-back, promoted]
  - sns: {{topic: "{TOPIC}", endpoint: http://127.0.0.1:4566}}
  - webhook: {{url: http://127.0.0.1:1/x, secret_env: KEY}}
  - webhook: {{url: http://127.0.0.1:2}}
  - pull_request: {{repository: shop/legacy, number: 12, token_env: TOKEN}}
  - pull_request: {{repository: shop/legacy, number: 12, token_env: TOKEN, api: https://git.example.com/api/v3}}
"""
LEGACY = "legacy: {url: http://127.0.0.1:8000}"
SEAM = """
  - name: mail
    match: {task: shop.tasks.mail.send}
    canary: {lambda: order-mail, invoke: event}
    weight: 0
"""


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(RouterError) as caught:
        parse_router(text)
    return [line.removeprefix("router.yaml:") for line in caught.value.lines]


def entry(text: str) -> str:
    return f"{SMALLEST}notifications:\n  - {text}\n"


def test_each_kind_of_receiver_is_read_and_written_as_it_was() -> None:
    config = parse_router(SMALLEST + ALL)
    assert config.notifications == (
        Notified(SlackSink("SLACK_URL"), (Phase.ROLLED_BACK, Phase.PROMOTED)),
        Notified(SnsSink(TOPIC, "http://127.0.0.1:4566")),
        Notified(WebhookSink("http://127.0.0.1:1/x", "KEY")),
        Notified(WebhookSink("http://127.0.0.1:2")),
        Notified(PullRequestSink("shop/legacy", 12, "TOKEN", "https://api.github.com")),
        Notified(PullRequestSink("shop/legacy", 12, "TOKEN", "https://git.example.com/api/v3")),
    )
    assert parse_router(to_yaml(config)) == config
    assert parse_router(SMALLEST).notifications == ()


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("slak: {url_env: A}", "10:5: notifications[0].slak: no such key; did you mean slack?"),
        ("slack: {url_env: 1}", "10:22: notifications[0].slack.url_env: expected a valid string, found 1"),
        ("{}", "10:5: notifications[0]: who is told? an entry names one of slack, sns, webhook, pull_request"),
        (
            "{slack: {url_env: A}, webhook: {url: http://h}}",
            (
                "10:5: notifications[0]: who is told? an entry names one of slack, sns, webhook, pull_request, found slack "
                "and webhook"
            ),
        ),
        (
            "{slack: {url_env: A}, on: [rolledback]}",
            (
                "10:32: notifications[0].on[0]: no phase; those there are: pending, shifting, holding, awaiting-approval, "
                "paused, promoting, promoted, rolling-back, rolled-back, retired"
            ),
        ),
        ("sns: {topic: rollouts}", "10:18: notifications[0].sns.topic: 'rollouts' does not have the form"),
        ("webhook: {url: nowhere}", "10:20: notifications[0].webhook.url:"),
        ("pull_request: {repository: x, number: 1, token_env: A}", "10:32: notifications[0].pull_request.repository:"),
        (
            "pull_request: {repository: x/y, number: 0, token_env: A}",
            "10:45: notifications[0].pull_request.number: expected greater than or equal to 1, found 0",
        ),
    ],
)
def test_each_mistake_is_told_at_its_place(text: str, mistake: str) -> None:
    (found,) = mistakes_of(entry(text))
    assert found.startswith(mistake)


@pytest.mark.parametrize(
    "text",
    [
        "slack: {url_env: https://hooks.example.com/services/s3cret}",
        "webhook: {url: http://h, secret_env: s3cret key}",
        "pull_request: {repository: x/y, number: 1, token_env: s3cret-token}",
    ],
)
def test_a_secret_in_the_place_of_its_variable_is_refused_and_not_repeated(text: str) -> None:
    (found,) = mistakes_of(entry(text))
    assert "expected the name of an environment variable" in found and "s3cret" not in found


def test_one_receiver_stands_in_the_file_once() -> None:
    twice = "slack: {url_env: A}\n  - slack: {url_env: B}\n  - slack: {url_env: A}\n    on: [promoted]"
    (found,) = mistakes_of(entry(twice))
    assert found.startswith("10:3: notifications: entries 1 and 3 tell the same receiver")


def test_the_health_of_legacy_is_a_path_of_it_or_a_url() -> None:
    for health, url in (
        ("/healthz?deep=1", "http://127.0.0.1:8000/healthz?deep=1"),
        ("http://h:1/up", "http://h:1/up"),
    ):
        config = parse_router(SMALLEST.replace(LEGACY, LEGACY.replace("}", f", health: {health}}}")))
        assert config.health == {"a": url}
        assert parse_router(to_yaml(config)) == config
    assert parse_router(SMALLEST).health == {}


def test_the_health_at_the_top_is_that_of_every_route_with_the_same_legacy() -> None:
    top = LEGACY.replace("}", ", health: /healthz}") + "\nseam: {weights: seam.json}\n"
    other = "  - name: b\n    match: {http: {path: /b}}\n    legacy: {url: http://127.0.0.1:8001}\n"
    other += "    canary: {lambda: f, url: http://127.0.0.1:9000}\n    weight: 0\n"
    config = parse_router(SMALLEST + other + SEAM.lstrip("\n") + top)
    assert config.health == dict.fromkeys(("a", "mail"), "http://127.0.0.1:8000/healthz")
    assert parse_router(to_yaml(config)) == config


def test_the_health_of_legacy_that_only_the_seam_leads_to_is_a_whole_url() -> None:
    text = f"version: 1\nseam: {{weights: seam.json}}\nroutes:{SEAM}legacy: {{health: HEALTH}}\n"
    config = parse_router(text.replace("HEALTH", "http://127.0.0.1:8000/up"))
    assert config.health == {"mail": "http://127.0.0.1:8000/up"}
    assert parse_router(to_yaml(config)) == config
    (found,) = mistakes_of(text.replace("HEALTH", "/up"))
    assert "legacy: health is a path of no url here" in found


@pytest.mark.parametrize("health", ["healthz", "ftp://h/x", "/a b", "http://"])
def test_what_is_neither_is_refused(health: str) -> None:
    (found,) = mistakes_of(SMALLEST.replace(LEGACY, LEGACY.replace("}", f', health: "{health}"}}')))
    assert "legacy.health" in found
