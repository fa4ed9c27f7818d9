"""What the product's Envoy has and a minimal one has not, each as an edit that takes it out.

In: the rendered files. Out: the same files without one part, still accepted by Envoy. What is left is for figures only:
without these parts a rollout would lose its safety or its figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from migrator.adapters.envoy.directory import CALLS, CLUSTERS, TRIES
from migrator.router.envoy_names import names_of
from tools.router_load.world import ROUTE

Json = dict[str, Any]
Files = dict[str, Json]

BOOTSTRAP = "bootstrap.json"
_STRIP = "envoy.filters.http.header_mutation"
_NOTES = "envoy.filters.http.header_to_metadata"


def _managers(files: Files) -> Iterator[Json]:
    for listener in files[BOOTSTRAP]["static_resources"]["listeners"]:
        for chain in listener["filter_chains"]:
            yield from (each["typed_config"] for each in chain["filters"])


def _no_log(files: Files) -> None:
    for manager in _managers(files):
        manager["access_log"] = []


def _no_log_filter(files: Files) -> None:
    for manager in _managers(files):
        manager["http_filters"] = [each for each in manager["http_filters"] if each["name"] != _NOTES]
        for log in manager["access_log"]:
            log.pop("filter", None)
    for route in _routes(files):
        route.pop("typed_per_filter_config", None)


def _routes(files: Files) -> list[Json]:
    (host,) = files[CALLS]["resources"][0]["virtual_hosts"]
    found: list[Json] = host["routes"]
    return found


def _no_strip(files: Files) -> None:
    for manager in _managers(files):
        manager["http_filters"] = [each for each in manager["http_filters"] if each["name"] != _STRIP]


def _static_routes(files: Files) -> None:
    for manager in _managers(files):
        source = {"calls": CALLS, "tries": TRIES}[manager["stat_prefix"]]
        (resource,) = files[source]["resources"]
        del manager["rds"]
        # The clusters come later than the listeners.
        config = {key: value for key, value in resource.items() if key != "@type"}
        manager["route_config"] = {**config, "validate_clusters": False}


def _no_side_header(files: Files) -> None:
    for route in _routes(files):
        route.pop("response_headers_to_add", None)
        for cluster in route["route"].get("weighted_clusters", {}).get("clusters", ()):
            cluster.pop("response_headers_to_add", None)


def _no_body_limit(files: Files) -> None:
    (host,) = files[CALLS]["resources"][0]["virtual_hosts"]
    del host["request_body_buffer_limit"]


def _no_overload(files: Files) -> None:
    del files[BOOTSTRAP]["overload_manager"]


def _no_second_hop(files: Files) -> None:
    """The canary's first try goes straight to its server."""
    names = names_of(ROUTE)
    found = {cluster["name"]: cluster for cluster in files[CLUSTERS]["resources"]}
    straight = {**found[names.function], "name": names.first_try}
    straight["load_assignment"] = {**straight["load_assignment"], "cluster_name": names.first_try}
    files[CLUSTERS]["resources"] = [straight if name == names.first_try else cluster for name, cluster in found.items()]


def _sampled_log(files: Files) -> None:
    """One line in ten; whether a line is due is asked before the expression is looked at."""
    for manager in _managers(files):
        for log in manager["access_log"]:
            one_in_ten = {"runtime_filter": {"runtime_key": "log.share", "percent_sampled": {"numerator": 10}}}
            both = {"and_filter": {"filters": [one_in_ten, log["filter"]]}} if "filter" in log else one_in_ten
            log["filter"] = both


def _text_log(files: Files) -> None:
    for manager in _managers(files):
        for log in manager["access_log"]:
            fields = log["typed_config"].pop("log_format")["json_format"]
            line = " ".join(fields.values()) + "\n"
            log["typed_config"]["log_format"] = {"text_format_source": {"inline_string": line}}


def _strip_by_name(files: Files) -> None:
    """The control headers by their names, as a virtual host can remove them without a filter."""
    _no_strip(files)
    (host,) = files[CALLS]["resources"][0]["virtual_hosts"]
    host["request_headers_to_remove"] = ["x-envoy-retry-on", "x-envoy-max-retries", "x-migrator-shadow"]


def _nothing(files: Files) -> None:
    """Left as it is: what this one differs by is the measurement's own error."""


def _all(files: Files) -> None:
    # Static routes are a copy of the file as it is then.
    for edit in (_no_log, _no_strip, _no_side_header, _no_body_limit, _no_overload, _no_second_hop):
        edit(files)
    _static_routes(files)


PARTS: Mapping[str, Callable[[Files], None]] = {
    "nothing (a second copy)": _nothing,
    "access log": _no_log,
    "filter of the access log": _no_log_filter,
    "removal of control headers": _no_strip,
    "routes by discovery (RDS)": _static_routes,
    "side header": _no_side_header,
    "limit of buffered bodies": _no_body_limit,
    "overload manager": _no_overload,
    "internal listener": _no_second_hop,
    "all of them": _all,
}
"""Each part by its name."""

INSTEAD: Mapping[str, Callable[[Files], None]] = {
    "a log of one call in ten": _sampled_log,
    "a log of the same fields as text": _text_log,
    "control headers removed by name": _strip_by_name,
}
"""What could stand in the place of a part; none of them is equal to it."""
