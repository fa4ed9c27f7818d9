"""What the template of a service is put together from, and what its parts are told.

In: a `PlannedSlice`, what its trigger's plug-in says, its settings and secrets. Out: the folders below `templates/sam`
and their context. How texts are put together by section is `sam_parts`; what stands in each is the templates'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from migrator.artifacts.alarms import alarms, quantiles
from migrator.artifacts.cross_origin import cross_origin_shown
from migrator.artifacts.dashboards import make_dashboard
from migrator.artifacts.endpoints import addresses, endpoints_of
from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.naming import hook_name
from migrator.artifacts.outside import Outside
from migrator.artifacts.queues import QueueSettings
from migrator.artifacts.quoting import comment_lines
from migrator.artifacts.recursion import loops_of
from migrator.artifacts.sizing import sizing_of
from migrator.cloud_facts.checkov_skips import skips
from migrator.domain.plans import EventSource
from migrator.domain.sdk_calls import SdkUse
from migrator.plan import PlannedSlice

_ALWAYS = ("encryption", "concurrency", "gradual", "alarms", "dashboard")
# A version may need its own time-out to answer, and the verdict some seconds; Lambda ends any run after 900 s.
_HOOK_SPARE_S, _VERDICT_S, _LONGEST_S = 30, 15, 900
# "Customize HTTP API access logs" and "$context Variables for data models" of API Gateway, read 2026-11.
_LOGGED = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "latencyMs": "$context.responseLatency",
    "error": "$context.error.message",
}
_ROUTE = {EventSource.HTTP_API: "$context.routeKey", EventSource.REST_API: "$context.resourcePath"}


def template_folders(planned: PlannedSlice, described: HandlerArtifacts, outside: Outside) -> tuple[str, ...]:
    """Folders of the template, in the order in which their texts stand in each section."""
    source = planned.delivery.source
    optional = {
        "network": planned.plan.network,
        "settings": bool(outside.variables),
        "secrets": bool(outside.secrets),
        "permissions": planned.plan.sdk != SdkUse(),
        "access_log": source in _ROUTE,
        "temporary": bool(sizing_of(planned).temporary),
        # Only where somebody waits for the answer is a start worth paying for.
        "provisioned": bool(described.rules),
    }
    chosen = (*described.sam, *(name for name, wanted in optional.items() if wanted))
    reached = endpoints_of(planned.plan, chosen, by_parameter_store=outside.by_parameter_store)
    return (*chosen, *(["endpoints"] if reached else []), *_ALWAYS)


def template_context(
    planned: PlannedSlice,
    described: HandlerArtifacts,
    service: str,
    folders: tuple[str, ...],
    outside: Outside,
    *,
    namespace: str,
) -> Mapping[str, object]:
    """What the parts are told beside what the whole service is.

    Args:
        service: its name.
        namespace: of its own metrics.
    """
    queue = described.context.get("queue")
    visibility_s = queue.visibility_s if isinstance(queue, QueueSettings) else 0
    watched = alarms(folders, service=service, namespace=namespace, visibility_s=visibility_s)
    sends = "dead_letters" in folders
    reached = endpoints_of(planned.plan, folders, by_parameter_store=outside.by_parameter_store)
    hook_timeout_s = min(planned.plan.timeout_s + _HOOK_SPARE_S, _LONGEST_S)
    return {
        "sizing": sizing_of(planned),
        "hook_name": hook_name(service),
        "hook_timeout_s": hook_timeout_s,
        "hook_patience_s": hook_timeout_s - _VERDICT_S,
        "hook_role_description": f"What the check of a new version of {service} may do: ask it, and answer CodeDeploy",
        "key_actions": ("kms:Decrypt", *(["kms:GenerateDataKey"] if sends else [])),
        "quantiles": quantiles(planned.plan.timeout_s),
        "alarms": watched,
        "error_rate_description": _error_rate(folders),
        "dashboard": make_dashboard(
            service,
            folders,
            ["ErrorRateAlarm", *(alarm.id for alarm in watched)],
            namespace=namespace,
            seam=planned.plan.seam,
        ),
        "access_log_format": json.dumps({**_LOGGED, "route": _ROUTE.get(planned.delivery.source, "")}),
        "checkov_skips": tuple((skip.id, comment_lines(f"{skip.rule} {skip.reason}")) for skip in skips()),
        "queue_name": f"{service}-${{Stage}}",
        "queue_name_here": "queue" in folders,
        "endpoints": reached,
        "gateway_routes": any(endpoint.gateway for endpoint in reached),
        "addresses": addresses(),
        "provisioned": "provisioned" in folders,
        "loops": loops_of(planned.plan.sdk, {each.name: each.id for each in outside.variables}),
        "access_lines": tuple(
            line for check in planned.plan.access_checks for line in comment_lines(f"- {check.what}: {check.reason}")
        ),
        "cross_origin": cross_origin_shown(planned.plan.cross_origin),
        "key_users": _key_users(folders),
    }


# Services of AWS that need a place in the policy of a key of one's own: by folder, as principals.
_KEY_USERS: Mapping[str, str] = {
    "event_bus": "events.amazonaws.com",
    "topic": "sns.amazonaws.com",
}


def _key_users(folders: tuple[str, ...]) -> tuple[str, ...]:
    return ("logs.REGION.amazonaws.com", *(user for name, user in _KEY_USERS.items() if name in folders))


def _error_rate(folders: tuple[str, ...]) -> str:
    if "queue" in folders:
        return "Whole invocations fail; a task that fails alone shows in the dead letters, not here."
    return "Invocations fail: an exception left the handler, or it was cut off."
