"""What is tried twice follows from how the path to the function tells its failures."""

from __future__ import annotations

import pytest

from migrator.adapters.dataplanes.envoy.retries import retried_statuses
from migrator.cloud_facts.http_paths import LOCAL, PATHS, guessed_path

KINDS = ("error", "timeout", "throttle")


@pytest.mark.parametrize("via", PATHS)
def test_every_failure_of_a_path_is_tried_twice_where_its_kind_is_asked_for(via: str) -> None:
    path = PATHS[via]
    assert set(path.function_error.statuses) <= set(retried_statuses(["error"], via))
    assert {*path.large_answer.statuses, *path.large_request.statuses} <= set(retried_statuses(["error"], via))
    assert set(path.timeout.statuses) <= set(retried_statuses(["timeout"], via))
    assert set(path.throttle.statuses) <= set(retried_statuses(["throttle"], via))
    whole = retried_statuses(KINDS, via)
    assert set(range(500, 509)) <= set(whole) and 429 in whole and not {200, 304, 400, 404} & set(whole)


def test_the_local_front_tells_each_kind_apart() -> None:
    kinds = [set(retried_statuses([kind], LOCAL)) for kind in KINDS]
    assert not kinds[0] & kinds[1] and not kinds[1] & kinds[2] and not kinds[0] & kinds[2]
    assert PATHS[LOCAL].ambiguous == ()


def test_envoys_own_answers_belong_to_their_kinds_on_every_path() -> None:
    for via in PATHS:
        assert 503 in retried_statuses(["error"], via)
        assert 504 in retried_statuses(["timeout"], via)


def test_the_host_shows_the_path() -> None:
    assert guessed_path("abc.execute-api.eu-west-1.amazonaws.com") == "http-api"
    assert guessed_path("abc.lambda-url.eu-west-1.on.aws") == "function-url"
    assert guessed_path("127.0.0.1") == LOCAL
