"""What carries the routes is there, and can do what they ask.

In: a draft and the tree it came from. Out: mistakes with places. What a plane cannot do stands in tables: a key and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.cloud_facts.load_balancers import VALUES_PER_CONDITION, VALUES_PER_RULE
from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models import AlbPlane, EnvoyPlane
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft

_ALB = "a load balancer"
_NOT_ALB = f"{_ALB} cannot do this; leave it out, or put an Envoy before the legacy system"

_NEEDED: Mapping[str, tuple[tuple[KeyPath, str], ...]] = {
    "envoy": ((("canary", "url"), "is missing: the base URL of the HTTP path that leads to the function"),),
    "alb": (
        (("legacy", "target_group"), "is missing: the ARN of the target group of the legacy system"),
        (("canary", "target_group"), "is missing: the ARN of the target group whose target is the function"),
    ),
}
_REFUSED: Mapping[str, tuple[tuple[KeyPath, str], ...]] = {
    "envoy": (
        (("sticky", "cookie"), "Envoy sets no cookie of its own; name a header: sticky: {header: ...}"),
        (("legacy", "target_group"), "Envoy sends calls to a URL; name it: legacy: {url: ...}"),
        (("canary", "target_group"), "Envoy sends calls to a URL; name it: canary: {url: ...}"),
        (("priority",), "Envoy's routes need no priority: the most specific path wins"),
    ),
    "alb": (
        (("legacy", "url"), f"{_ALB} sends calls to a target group; name it: legacy: {{target_group: ARN}}"),
        (("canary", "url"), f"{_ALB} sends calls to a target group; name it: canary: {{target_group: ARN}}"),
        (("canary", "via"), f"{_ALB} invokes the function itself; leave it out"),
        (("sticky", "header"), f"{_ALB} knows no hash of a header, only its own cookie: sticky: {{cookie: 1d}}"),
        (("sticky", "group"), f"{_ALB} draws the side of each new cookie, so that no other route can follow it"),
        (("match", "http", "segment", "claim"), _NOT_ALB),
        (("overrides",), _NOT_ALB),
        (("fallback",), f"{_ALB} does not try a second target group: the canary's failures reach the client"),
        (("circuit_breaker",), _NOT_ALB),
        (("mirror",), _NOT_ALB),
        (("timeout",), f"{_ALB} takes its time-outs from the listener's own settings; leave it out"),
    ),
}


def _what_carries_them_is_there(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    mends = {"plane": "plane: {kind: envoy, admin: ..., listen: ...}", "seam": "seam: {weights: FILE}"}
    for kind, routes, calls in (
        ("plane", draft.routes, "HTTP calls"),
        ("seam", draft.seam_routes, "calls of legacy code"),
    ):
        if routes and not tree.has((kind,)):
            yield tree.mistake(("routes", min(routes)), f"{kind} is missing, which carries {calls}: {mends[kind]}")


def _plane_can_do_it(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    if draft.plane is None:
        return
    for index in draft.routes:
        here: KeyPath = ("routes", index)
        for path, why in _NEEDED[draft.plane.kind]:
            if not tree.has((*here, *path)):
                yield tree.mistake((*here, *path), why)
        for path, why in _REFUSED[draft.plane.kind]:
            if tree.has((*here, *path)):
                yield tree.mistake((*here, *path), why, of_key=True)


def _rule_has_room(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    """A rule of a load balancer compares few values."""
    if not isinstance(draft.plane, AlbPlane):
        return
    for index, route in draft.routes.items():
        match = route.match.http
        here: KeyPath = ("routes", index, "match", "http")
        for key, values in (("methods", match.methods), ("hosts", match.hosts)):
            if len(values) > VALUES_PER_CONDITION:
                yield tree.mistake(
                    (*here, key), f"{_ALB} compares at most {VALUES_PER_CONDITION} {key} in a rule; make it two routes"
                )
        in_header = match.segment is not None and match.segment.header is not None
        if (count := 1 + len(match.methods) + len(match.hosts) + in_header) > VALUES_PER_RULE:
            yield tree.mistake(
                here,
                f"{count} values to compare (the path, methods, hosts and a header), and a rule of {_ALB} has room for "
                f"{VALUES_PER_RULE}; make it two routes",
            )


def _addresses_differ(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    plane = draft.plane
    if isinstance(plane, EnvoyPlane) and plane.admin == plane.listen:
        yield tree.mistake(("plane", "listen"), f"the same address as plane.admin, {plane.admin}")


def _claims_can_be_read(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    if not isinstance(draft.plane, EnvoyPlane) or draft.plane.tokens is not None:
        return
    for index, route in draft.routes.items():
        if route.match.http.segment is not None and route.match.http.segment.claim is not None:
            yield tree.mistake(
                ("routes", index, "match", "http", "segment", "claim"),
                "a claim counts only in a token that was checked; name its keys: plane: {tokens: {jwks: FILE}}",
            )


RULES = (_rule_has_room, _addresses_differ, _what_carries_them_is_there, _plane_can_do_it, _claims_can_be_read)
