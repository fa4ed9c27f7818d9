"""`migrator rollout start`: begin the rollout of a route."""

from __future__ import annotations

from migrator.cli.commands.rollout.words import ROUTER, Comparisons, Directory, RouteName, ViaPr
from migrator.cli.options import DryRun, Format, Json, OutputFormat, Router, State, Yes, wants_json
from migrator.cli.terminal import note, say


def start(
    route: RouteName,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    via_pr: ViaPr = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Begin the rollout of a route: show its plan, record it, give the first weight.

    Exits 1 where a gate gives no weight; the rollout then stays pending at 0 %, and `run`, `watch` or `tick` start it
    as soon as the gate passes. The plan is kept as it was recorded: what router.yaml says later is for the next start.
    With --via-pr the first weight is asked for by a pull request; give the flag to `run`, `watch` or `tick` as well.
    """
    from migrator.bootstrap import bonds_of, figures_of
    from migrator.cli.formats.rollout_text import plan_lines
    from migrator.cli.rollout_session import ask, opened, report, who
    from migrator.domain.rollouts import Phase
    from migrator.errors import InputError, Refused, RemoteError
    from migrator.rollout.measurable import measurable
    from migrator.rollout.proposing import proposal_of
    from migrator.rollout.starting import first_weight
    from migrator.rollout.validation import mistakes
    from migrator.router import load_router

    as_json = wants_json(format, json)
    config = load_router(router)
    plan = config.entry(route).rollout
    with figures_of(config) as metrics:
        plan, untold = measurable(plan, metrics.about(route))
    for line in plan_lines(plan):
        (note if as_json else say)(line)
    if untold:
        note(f"left out of the template {plan.template}, as the figures of {route} do not tell: {', '.join(untold)}")
    if wrong := mistakes(plan):
        raise InputError(f"the rollout of {route} cannot start: {'; '.join(wrong)}", location=str(router))
    if group := bonds_of(config).together.get(route, ()):
        note(f"{', '.join(group)}: in the same sticky group, shifted with it")
    if dry_run:
        return
    ask(f"start the rollout of {route}?", yes=yes)
    with opened(config, state, directory, comparisons, via_pr=via_pr) as session:
        session.controller.start(plan, by=who())
        done = first_weight(session.controller, route)
    report(done, as_json=as_json)
    if done.trouble:
        raise RemoteError(done.trouble, hint=f"it is recorded; go on with: migrator rollout watch {route}")
    if done.unasked:
        raise RemoteError(
            f"no pull request: {done.unasked}",
            hint=f"it is recorded; go on with: migrator rollout tick {route} --via-pr",
        )
    if proposal_of(done.state) is not None:
        if not as_json:
            note("go on with: migrator rollout run --via-pr")
        return
    if done.state.phase is Phase.PENDING:
        raise Refused(
            f"{route} got no weight: {done.state.reason}",
            hint=f"mend that, then: migrator rollout watch {route}",
        )
    if not as_json:
        note(f"go on with: migrator rollout watch {route}")
