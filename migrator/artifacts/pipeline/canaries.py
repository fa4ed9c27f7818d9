"""The jobs that move traffic from legacy to a service that is deployed.

In: the service's name, which is its route's. Out: `CanaryJob`s. What is done is the router's: each job is one command of
`migrator rollout`, which records what it did, so a job that is cut off or run again breaks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

# Of the 360 that GitHub gives a job ("Usage limits"), some are for what comes before the command.
_LONGEST_MIN = 350
# AWS's sessions by web identity take 900 s to 12 h, and no longer than the role says (an hour, where it says nothing).
_SESSION_S, _LONGEST_SESSION_S = 3600, 21_600


@dataclass(frozen=True, slots=True)
class CanaryJob:
    """One job.

    Attributes:
        needs: the job before it.
        minutes: after which it is ended.
        session_s: how long AWS has to know it.
        gate: who lets it begin.
        environment: of GitHub.
        gitlab_environment: of GitLab.
        command: one line of shell, with no text but the service's name in it.
    """

    id: str
    name: str
    needs: str
    minutes: int
    session_s: int
    gate: str
    environment: str
    gitlab_environment: str
    command: str


def canary_jobs(service: str) -> tuple[CanaryJob, ...]:
    """Begin, follow, and agree to what waits for a person."""
    where = '--router "$MIGRATOR_ROUTER" --state "$MIGRATOR_STATE"'
    return (
        CanaryJob(
            "canary",
            "First weight",
            "prod",
            15,
            _SESSION_S,
            "Who may deploy to production may begin to shift traffic to it.",
            f"{service}-prod",
            f"{service}/prod",
            f"migrator rollout start {service} {where} --yes",
        ),
        CanaryJob(
            "shift",
            "Step by step, until promoted or rolled back",
            "canary",
            _LONGEST_MIN,
            _LONGEST_SESSION_S,
            "It goes on by itself: what it waits for, the gates of the rollout say.",
            f"{service}-prod",
            f"{service}/prod",
            f"migrator rollout watch {service} {where} --every 15s",
        ),
        CanaryJob(
            "promotion",
            "Agree to the step that waits for a person",
            "canary",
            15,
            _SESSION_S,
            "Whoever the environment names agrees, for a step with `approval: true`; run it again for a further one.",
            f"{service}-promotion",
            f"{service}/promotion",
            f'migrator rollout promote {service} {where} --reason "approved in the pipeline"',
        ),
    )
