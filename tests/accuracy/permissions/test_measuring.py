"""The figures: what counts as right, extra, missing and scoped."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.accuracy.permissions.drawing import drawn
from tests.accuracy.permissions.grammar import Allowed
from tests.accuracy.permissions.measuring import Figures, actions_alone, figures, package_truth, together
from tests.accuracy.permissions.report import missed, table

_TRUTH = (Allowed(("s3:GetObject", "s3:PutObject"), ("arn:a",)), Allowed(("sqs:ListQueues",), ("*",)))


def test_an_action_on_something_else_is_right_but_not_scoped() -> None:
    made = (Allowed(("s3:GetObject",), ("arn:a",)), Allowed(("s3:PutObject", "s3:DeleteObject"), ("arn:b",)))
    assert figures(_TRUTH, made) == Figures(right=2, extra=1, missing=1, scoped=1)


def test_a_condition_that_is_not_there_is_a_wrong_scope() -> None:
    truth = (Allowed(("s3:ListBucket",), ("arn:a",), (("StringEquals", "s3:prefix", "x"),)),)
    assert figures(truth, (Allowed(("s3:ListBucket",), ("arn:a",)),)) == Figures(right=1, scoped=0)


def test_statements_may_be_cut_otherwise() -> None:
    made = tuple(Allowed((action,), ("arn:a",)) for action in _TRUTH[0].actions) + _TRUTH[1:]
    assert figures(_TRUTH, made) == Figures(right=3, scoped=3)


def test_who_says_actions_alone_is_scoped_to_everything() -> None:
    assert actions_alone(_TRUTH, {"s3:GetObject", "sqs:ListQueues"}) == Figures(right=2, missing=1, scoped=1)
    assert actions_alone(_TRUTH, ()) == Figures(missing=3)


def test_bounds_hold_over_all_roles_together() -> None:
    whole = together([Figures(right=9, scoped=9), Figures(right=10, missing=1, scoped=8)])
    assert missed(whole) == ["scoping right"]
    assert missed(together([whole, Figures(extra=1)])) == ["action precision", "scoping right"]
    assert "| action recall | >= 0.95 | 0.950 |" in table({"together": whole})


def test_forty_functions_of_at_least_four_packages_have_a_truth() -> None:
    truth = package_truth()
    assert len(truth) == 40
    assert len({name.partition(".")[0] for name in truth}) >= 4


def test_functions_are_drawn_by_the_hash_of_their_names(tmp_path: Path) -> None:
    methods = frozenset({"put_object"})
    text = "import boto3\n\n\n" + "\n\n".join(
        f"def f{n}(client):\n    client.put_object(Bucket='b', Key='k')\n" for n in range(12)
    )
    (tmp_path / "store.py").write_text(text + "\n\ndef other(x):\n    x.put_something()\n", "utf-8")
    (tmp_path / "plain.py").write_text("def f(client):\n    client.put_object()\n", "utf-8")
    names = [name for _, name in drawn([("p", tmp_path)], methods=methods)]
    wanted = sorted((f"store.f{n}" for n in range(12)), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    assert names == wanted[:10]
    assert drawn([("p", tmp_path)], frozenset(wanted[:1]), methods)[0] == ("p", wanted[1])
