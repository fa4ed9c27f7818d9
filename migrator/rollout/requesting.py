"""What people are asked for, as the record has it: the weight that `router.yaml` is to say, with the words of the request.

In: a state. Out: a `WantedWeight`, and whether a pull request has to be made for it. Making one is an adapter's.
"""

from __future__ import annotations

import hashlib
import re

from migrator.domain.gates import Outcome
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Phase, Proposal, Review, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout.ports import WantedWeight
from migrator.rollout.proposing import is_out_of_line, proposal_of
from migrator.rollout.times import clock_time, span
from migrator.router.weights import effective


def wanted(state: RolloutState) -> WantedWeight | None:
    """What a pull request is to say now; None where people are asked for nothing."""
    proposal = proposal_of(state)
    if proposal is not None:
        if proposal.declined or proposal.merged is not None:
            return None
        return _of(state, proposal.weight, _title(state, proposal), _asking(state, proposal), before=proposal.before)
    if not is_out_of_line(state):
        return None
    return _of(state, state.weight, f"Keep {state.route} at {state.weight:g} %", _in_line(state))


def is_to_publish(asked: WantedWeight, review: Review) -> bool:
    """Whether a pull request has to be opened or changed for what is wanted."""
    committed = None if review.committed is None else _rounded(review.committed, review)
    asks = None if review.asks is None else _rounded(review.asks, review)
    is_open = review.standing is Standing.OPEN
    if committed is None:
        return False  # the route is not there: nothing can be said of it
    if asked.raises:
        if committed == _rounded(asked.weight, review):
            return False
        if is_open:
            return not review.by_hand and asks != _rounded(asked.weight, review)
        # What became of another one is an answer to what is asked for now; one without an address is none.
        return review.standing is None or not review.url or review.url == asked.before
    if is_open:
        return asks is None or asks > asked.weight
    closed = review.standing is Standing.CLOSED and asks is not None and asks <= asked.weight
    return committed > asked.weight and not closed


def _of(state: RolloutState, weight: float, title: str, body: str, *, before: str | None = None) -> WantedWeight:
    outcomes = [f"{gate.name} {gate.outcome}" for gate in state.evidence]
    key = "\n".join([title, str(state.revision), *outcomes, *([] if before is not None else [state.reason])])
    return WantedWeight(
        route=state.route,
        weight=weight,
        raises=before is not None,
        before=before or "",
        title=_line(title),
        body=body,
        key=hashlib.sha256(key.encode()).hexdigest(),
    )


def _title(state: RolloutState, proposal: Proposal) -> str:
    return f"Shift {state.route} to {proposal.weight:g} % (step {proposal.step + 1} of {len(state.plan.steps)})"


def _asking(state: RolloutState, proposal: Proposal) -> str:
    route, to = _code(state.route), f"{proposal.weight:g} %"
    against = [gate for gate in state.evidence if gate.outcome is not Outcome.PASS]
    lines = [
        f"The canary of {route} has held up at {state.weight:g} %. This asks for {to}."
        if state.step >= 0
        else f"This gives the canary of {route} its first weight: {to}.",
        "",
        *_evidence(state),
    ]
    if against:
        names = ", ".join(_code(gate.name) for gate in against)
        lines += [f"**Not to be merged now**, as these do not pass: {names}", ""]
    lines += ["## On merging", "", *_on_merging(state, proposal), "", "## If not", ""]
    lines += [
        f"- Close it without merging, and nothing more is asked for until somebody runs {_code(_resuming(state))}.",
        f"- Everything back to legacy, at once and without a pull request: {_code(_back(state))}.",
        "- A gate that fails takes the weight to 0 at once, also while this is open; it is then changed to say so.",
        "",
        f"Revision {state.revision} of the rollout, step decided at {clock_time(proposal.since)}.",
    ]
    return "\n".join(lines) + "\n"


def _on_merging(state: RolloutState, proposal: Proposal) -> list[str]:
    steps, number = state.plan.steps, proposal.step
    lines = [
        f"- The pipeline applies {_code('router.yaml')}, and {proposal.weight:g} % of the calls go to the canary.",
    ]
    step = steps[number]
    lines.append(
        f"- The step lasts {span(step.bake_s)} from when the weight is seen to be live, and until {step.min_requests} "
        "canary requests were seen and every gate passes."
    )
    if number + 1 < len(steps):
        following = steps[number + 1]
        word = ", once a person has agreed," if following.approval else ""
        return [*lines, f"- Then{word} {following.weight:g} % is asked for by another pull request."]
    return [*lines, "- Then it is promoted."]


def _in_line(state: RolloutState) -> str:
    undone = "rolled back" if state.phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK) else "taken back"
    lines = [
        f"The rollout of {_code(state.route)} was {undone}; {state.weight:g} % is what the data plane has.",
        "",
        f"Why: {_code(state.reason)}" if state.reason else "",
        "",
        *_evidence(state),
        "## On merging",
        "",
        f"- {_code('router.yaml')} says no more than is live, so that no pipeline gives the weight again.",
        "- Nothing changes for anybody's calls.",
        "- Where the file says so already, nothing is left to merge, and this can be closed.",
        "",
        f"Next: {_code(f'migrator rollout status {state.route}')}",
    ]
    return "\n".join(lines) + "\n"


def _evidence(state: RolloutState) -> list[str]:
    if not state.evidence:
        return []
    rows = [f"| {_cell(gate.name)} | {gate.outcome} | {_cell(gate.evidence)} |" for gate in state.evidence]
    return ["| gate | says | evidence |", "|---|---|---|", *rows, ""]


def _resuming(state: RolloutState) -> str:
    return f"migrator rollout {'promote' if state.phase is Phase.PENDING else 'resume'} {state.route}"


def _back(state: RolloutState) -> str:
    return f"migrator rollout rollback {state.route}"


def _rounded(weight: float, review: Review) -> float:
    return effective(Weight(weight), review.resolution).canary


def _line(text: str) -> str:
    """What cannot be seen, or would begin another line, becomes a blank; nothing begins a comment, as forges' marks are."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.replace("<!--", "<! --").split())


def _code(text: str) -> str:
    """A code span that nothing inside can end: within it no forge looks for markup, mentions or commands."""
    line = _line(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def _cell(text: str) -> str:
    """The same within a cell of a table, where a pipe would end it."""
    return _code(text).replace("|", "\\|")
