"""Makes a change ready: asks what is there, begins at the right commit, lets the change be made, makes its commits.

In: a repository, where the change is to go, and what makes it. Out: `Prepared`; on the remote nothing has changed, and in
the clone nothing that a person works with. What to do with a branch is decided in `deciding`; pushing is left to
`carrying_out`.
"""

from __future__ import annotations

import shlex
from dataclasses import replace

from migrator.domain.pull_requests import CANDIDATE_TRAILER, STAGE_TRAILER
from migrator.errors import InputError, Refused
from migrator.publishing.deciding import BranchFacts, No, Way, decide
from migrator.publishing.ports import Repository, Settle
from migrator.publishing.values import Made, Maker, NewCommit, Prepared, Start, Wanted

_NAMED = 10


def prepare(repository: Repository, wanted: Wanted, make: Maker) -> Prepared:
    """Make a change ready.

    The change is made on the base; or, where our branch is on the remote already, on its tip with the base merged into
    it, so that what people added there stays.

    Raises:
        Refused: work is not committed, the branch is not ours to go on with, or it conflicts with the base.
        InputError: there is no such remote or base; git does not know who commits.
        RemoteError: the remote does not answer.
    """
    repository.remote_url(wanted.remote)
    repository.committer()
    if not wanted.committed_only:
        _require_committed(repository, wanted.below)
    default = _default(repository, wanted)
    wanted = replace(wanted, base=wanted.base or default)
    repository.fetch(wanted.remote, (wanted.base, wanted.branch))
    start = _start(repository, wanted, frozenset({wanted.base, default}))
    with repository.checkout(start.commit, wanted.endings) as folder:
        made = make(folder, start)
    commits = _commits(repository, start, made, _trailers(wanted))
    result = commits[-1].id if commits else start.commit
    return Prepared(
        wanted=wanted,
        start=start,
        result=result,
        commits=commits,
        files=repository.changes(start.base, result),
        diff=repository.diff(start.base, result),
        made=made,
    )


def _require_committed(repository: Repository, below: tuple[str, ...]) -> None:
    found = sorted({path for folder in below for path in repository.uncommitted(folder)})
    if not found:
        return
    listed = "\n".join(f"  {path!r}" if not path.isprintable() else f"  {path}" for path in found[:_NAMED])
    more = f"\n  and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    raise Refused(
        f"{len(found)} {'file is' if len(found) == 1 else 'files are'} not as committed, and would not be in the branch:\n"
        f"{listed}{more}",
        hint="commit or remove them, or go on without them with --committed",
    )


def _default(repository: Repository, wanted: Wanted) -> str:
    """The remote's default branch; an empty text where it has none and none is needed."""
    try:
        return repository.default_branch(wanted.remote)
    except InputError:
        if not wanted.base:
            raise
        return ""


def _start(repository: Repository, wanted: Wanted, protected: frozenset[str]) -> Start:
    base = repository.commit_of(f"refs/remotes/{wanted.remote}/{wanted.base}")
    if base is None:
        raise InputError(
            f"{wanted.remote} has no branch {wanted.base}",
            hint="push it, or name another one with --base",
        )
    tip = repository.commit_of(f"refs/remotes/{wanted.remote}/{wanted.branch}")
    facts = _facts(repository, wanted, protected, base, tip)
    match decide(facts):
        case Way.AT_BASE:
            return Start(base, base)
        case Way.AT_TIP if tip is not None:
            settled: list[str] = []
            merged = _with_base(repository, replace(wanted, settle=_noting(wanted.settle, settled)), tip, base)
            return Start(merged, base, tip, tuple(settled))
        case No(message, hint):
            raise Refused(message, hint=hint)
        case way:
            raise AssertionError(way)


def _facts(
    repository: Repository, wanted: Wanted, protected: frozenset[str], base: str, tip: str | None
) -> BranchFacts:
    candidate, stage = wanted.candidate, wanted.stage.value
    only_here = _only_here(repository, wanted, base, tip)
    if tip is None:
        return BranchFacts(wanted.branch, candidate, stage, protected, only_here=only_here)
    for_candidate = dict(repository.trailers(base, tip, CANDIDATE_TRAILER))
    for_stage = dict(repository.trailers(base, tip, STAGE_TRAILER))
    stages = frozenset(for_stage.get(commit, "") for commit, name in for_candidate.items() if name == candidate)
    parent = repository.commit_of(f"{tip}^")
    last = repository.trailers(parent, tip, CANDIDATE_TRAILER)[:1] if parent is not None else ()
    protects = wanted.branch in protected
    return BranchFacts(
        branch=wanted.branch,
        candidate=candidate,
        stage=stage,
        protected=protected,
        exists=True,
        merged=not for_candidate,
        tip_is_ours=last == ((tip, candidate),),
        stages=stages,
        others=frozenset(for_candidate.values()) - {"", candidate},
        # Asked only where it decides: merging takes longer than all the rest.
        adds_nothing=bool(stages)
        and stage not in stages
        and not only_here
        and not protects
        and not repository.changes(base, _with_base(repository, wanted, tip, base)),
        only_here=only_here,
    )


def _only_here(repository: Repository, wanted: Wanted, base: str, tip: str | None) -> tuple[str, ...]:
    """Commits of the clone's own branch that nobody else has and that are not ours."""
    local = repository.commit_of(f"refs/heads/{wanted.branch}")
    if local is None or local == tip:
        return ()
    lacking = dict(repository.trailers(base, local, CANDIDATE_TRAILER))
    if tip is not None:
        lacking = {c: lacking[c] for c, _ in repository.trailers(tip, local, CANDIDATE_TRAILER) if c in lacking}
    return tuple(commit for commit, name in lacking.items() if name != wanted.candidate)


def _noting(settle: Settle | None, settled: list[str]) -> Settle | None:
    """Whoever settles conflicts, with a note of each file."""
    if settle is None:
        return None

    def noted(path: str, was: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        made = settle(path, was, ours, theirs)
        if made is not None:
            settled.append(path)
        return made

    return noted


def _with_base(repository: Repository, wanted: Wanted, tip: str, base: str) -> str:
    try:
        subject = f"Merge {wanted.base} into {wanted.branch}"
        return repository.merged(tip, base, subject, _trailers(wanted), wanted.settle)
    except Refused as error:
        branch, other = shlex.quote(wanted.branch), shlex.quote(f"{wanted.remote}/{wanted.base}")
        raise Refused(
            error.message,
            hint=f"git switch {branch}; git merge {other}; push the result, and run the same command again;"
            " or remove the branch, if its pull request was merged as one commit",
            location=error.location,
        ) from error


def _commits(
    repository: Repository, start: Start, made: Made, trailers: tuple[tuple[str, str], ...]
) -> tuple[NewCommit, ...]:
    found: list[NewCommit] = []
    before = start.commit
    for draft in made.commits:
        after = repository.committed(before, (draft,), trailers)
        if after != before:
            found.append(NewCommit(after, draft.subject, repository.changes(before, after)))
        before = after
    return tuple(found)


def _trailers(wanted: Wanted) -> tuple[tuple[str, str], ...]:
    return ((CANDIDATE_TRAILER, wanted.candidate), (STAGE_TRAILER, wanted.stage.value))
