"""Asks somebody else's program whether a rollout may go on.

In: a gate, and what it is asked about. Out: its verdict. The question is a POST of `migrator.gate-question/1`, signed where
the gate names a key; the answer is 2xx with `{"outcome": "pass" | "fail" | "undecided", "reason": "..."}`. Anything else is
no data, and never a `fail`: a server that is down is no reason to roll back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.outbound import Outbound, origin
from migrator.adapters.readings.texts import readable
from migrator.adapters.secrets import secret_in
from migrator.adapters.signing import HEADER, signature
from migrator.documents.gate_question import CODEC
from migrator.domain.gates import Outcome, WebhookGate
from migrator.domain.looks import Asked, Verdict
from migrator.domain.messages import GateQuestion
from migrator.domain.observations import NoData
from migrator.rollout.ports import Clock

_OUTCOMES: Final[Mapping[Any, Outcome]] = {each.value: each for each in (Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED)}
_LONGEST: Final = 500  # characters of a reason that are kept


@dataclass(frozen=True, slots=True)
class WebhookAsker:
    """Asks webhooks."""

    outbound: Outbound
    environment: Mapping[str, str]
    clock: Clock

    def ask(self, gate: WebhookGate, asked: Asked) -> Verdict | NoData:
        """The verdict.

        Raises:
            InputError: the variable of the key is not set; nothing is sent then.
            RemoteError: the server was not reached.
        """
        question = GateQuestion(gate.name, asked.route, asked.revision, asked.phase, asked.step, asked.weight)
        body = CODEC.dump_line(question).encode("utf-8", "replace")
        headers = {"content-type": "application/json"}
        if gate.secret:
            headers[HEADER] = signature(secret_in(self.environment, gate.secret), body, self.clock.now())
        answer = self.outbound.send("POST", gate.url, body=body, headers=headers)
        if not answer.ok:
            return NoData(f"{origin(gate.url)} answers {answer.status}")
        document = json.loads(answer.body)
        said = document.get("outcome") if isinstance(document, dict) else None
        outcome = _OUTCOMES.get(said) if isinstance(said, str) else None
        if outcome is None:
            return NoData(f"{origin(gate.url)} answers without an outcome of {', '.join(_OUTCOMES)}")
        reason = document.get("reason")
        return Verdict(outcome, readable(reason, _LONGEST) if isinstance(reason, str) else "")
