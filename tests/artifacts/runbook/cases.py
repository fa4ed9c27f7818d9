"""Runbooks of three triggers, from generated services that a person has reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.runbook import Choices, Moved, RunbookContext, runbook_context
from migrator.domain.effects import Effect
from migrator.domain.layouts import layout
from migrator.router import parse_router

SERVICES = Path(__file__).resolve().parents[2] / "golden/services"
PLANE = 'plane: {kind: envoy, admin: "127.0.0.1:9901", listen: "127.0.0.1:8080"}'
STEPS = "[{weight: 5, bake: 5m}, {weight: 25, bake: 15m, approval: true}, {weight: 100, bake: 1h}]"
GATES = "[{error_rate: {worse_by: 1pp}}, {latency: {quantile: p95, ratio: 1.2}}, {parity: {different: 0}}]"


_NOTHING_SAID = Choices()


@dataclass(frozen=True)
class Case:
    """A runbook by the service that it is of, its routes, and what it moves."""

    name: str
    service: str
    folder: str
    routes: str
    moved: Moved | None
    choices: Choices = _NOTHING_SAID

    @property
    def context(self) -> RunbookContext:
        folder = SERVICES / self.folder
        return runbook_context(
            self.service,
            parse_router(self.routes, source="router.yaml"),
            layout(self.service),
            (folder / "template.yaml").read_text("utf-8"),
            (folder / "samconfig.toml").read_text("utf-8"),
            moved=self.moved,
            choices=self.choices,
        )


HTTP = Case(
    "http",
    "shop-view",
    "flask",
    f"""\
version: 1
{PLANE}
legacy: {{url: "http://127.0.0.1:8000"}}
routes:
  - name: shop-view
    match: {{http: {{methods: [POST], path: "/orders/{{name}}"}}}}
    canary: {{lambda: shop-view, alias: live, url: "http://127.0.0.1:9000"}}
    weight: 0
    sticky: {{header: x-tenant}}
    fallback: {{on: [error, timeout, throttle], methods: [POST], timeout: 1s, idempotent: true}}
    rollout:
      steps: {STEPS}
      gates: {GATES}
      windows: [{{days: [mon, tue, wed, thu], from: "09:00", to: "16:00", zone: Europe/Berlin}}]
      rollback_window: 14d
""",
    Moved("shop.view", "shop/web.py:16", {Effect.DATABASE: ("Session.commit writes what was changed",)}),
    Choices(owners=("orders-team", "example/platform"), reviewers=("ada",)),
)
QUEUE = Case(
    "queue",
    "shop-jobs-tell",
    "queue",
    f"""\
version: 1
seam: {{weights: shop/migrator_seam.json}}
routes:
  - name: shop-jobs-tell
    match: {{task: shop.jobs.tell}}
    canary: {{lambda: shop-jobs-tell, region: eu-central-1, queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/tell"}}
    weight: 0
    sticky: {{argument: order_id}}
    rollout: {{steps: {STEPS}, gates: [{{error_rate: {{worse_by: 0.5pp}}}}, {{dead_letters: {{queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/dead", at_most: 0}}}}]}}
""",
    Moved(
        "shop.jobs.tell",
        "shop/jobs.py:16",
        {
            Effect.EMAIL: ("smtplib.SMTP.send_message sends an e-mail",),
            Effect.ENQUEUE: ("celery.Task.delay sends a message",),
        },
        (Effect.ENVIRONMENT,),
    ),
    Choices(state="dynamodb://rollouts"),
)
SCHEDULE = Case(
    "schedule",
    "shop-jobs-tell",
    "queue",
    f"""\
version: 1
seam: {{weights: shop/migrator_seam.json, source: "s3://shop-weights/seam.json"}}
routes:
  - name: shop-jobs-tell
    match: {{schedule: shop.jobs.tell}}
    legacy: {{beat: weekly-tell}}
    canary: {{lambda: shop-jobs-tell}}
    weight: 0
    claim: {{table: shop-firings, every: 7d}}
    rollout: {{steps: {STEPS}, gates: [{{error_rate: {{worse_by: 1pp}}}}]}}
""",
    Moved("shop.jobs.tell", "shop/jobs.py:16", {Effect.EMAIL: ("smtplib.SMTP.send_message sends an e-mail",)}),
)
CASES = (HTTP, QUEUE, SCHEDULE)
