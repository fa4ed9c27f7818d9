"""Opens a pull request once, however often it is run, and wherever the run before was cut off.

In: a draft, and a desk that can be asked. Out: the `Forge` port. Nothing is remembered between runs: the forge is asked what is
there, and what is missing is done. A pull request that may have been made by a call whose answer was lost is looked for before it is
made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from migrator.adapters.forges.answers import Exists, NotAllowed, Unavailable
from migrator.adapters.forges.bodies import Texts, fresh, lines_of_one_kind, merged, same
from migrator.adapters.forges.desks import Desk, Kept, NoDrafts
from migrator.adapters.forges.tries import Patience, Tries
from migrator.domain.forges import ForgeKind
from migrator.domain.pull_requests import OpenedPullRequest, Outcome, PullRequestDraft, Standing
from migrator.errors import InputError, MigratorError, RemoteError

_NO_DRAFT = "it is no draft: this repository takes none"


class HostedForge:
    """A forge that keeps pull requests.

    Args:
        desk: opened when it is first asked.
        link: the address of lines of a file, of path, commit, first and last line.
    """

    def __init__(
        self,
        kind: ForgeKind,
        desk: Callable[[], Desk],
        link: Callable[[str, str, int, int], str],
        patience: Patience,
    ) -> None:
        self._kind = kind
        self._open = desk
        self._link = link
        self._patience = patience
        self._opened: Desk | None = None

    @property
    def kind(self) -> str:
        """The word for it in the configuration."""
        return self._kind.value

    def link(self, path: str, commit: str, line: int = 0, end_line: int = 0) -> str:
        """The address of lines of a file at a commit; nobody is asked."""
        return self._link(path, commit, line, end_line)

    def standing(self, branch: str, base: str) -> tuple[Standing, str] | None:
        """How the newest pull request from a branch stands. One that is open counts whatever it goes to; of the others,
        those that go to the base."""
        with self._opened_anew_after_errors():
            there = Tries(self._patience).of(lambda: self._desk.requests(branch))
        newest = _open_of(there, base) or next((kept for kept in there if kept.base == base), None)
        return (newest.standing, newest.url) if newest is not None else None

    def open_pull_request(self, draft: PullRequestDraft) -> OpenedPullRequest:
        """Open it, or bring the one that is open up to the draft."""
        with self._opened_anew_after_errors():
            return self._brought_up(draft)

    def _brought_up(self, draft: PullRequestDraft) -> OpenedPullRequest:
        tries, desk = Tries(self._patience), self._desk
        draft = replace(draft, body=desk.shown(lines_of_one_kind(draft.body)))
        kept = tries.of(lambda: self._found(draft))
        made: tuple[str, ...] | None = None
        if kept is None:
            kept, made = self._created(tries, draft)
        texts = _texts(desk, draft, kept)
        notes = [*(made or ()), *texts.notes]
        if kept.base != draft.base:
            notes.append(f"it goes to {kept.base}, not to {draft.base}: that was changed by hand")
        try:
            changed = self._filled(tries, draft, kept, texts, notes)
        except RemoteError as error:
            raise RemoteError(
                f"{kept.url} is open, but not all of it is done: {error.message}",
                hint="run it again; what is done is found",
                retryable=error.retryable,
            ) from None
        outcome = Outcome.CREATED if made is not None else Outcome.UPDATED if changed else Outcome.UNCHANGED
        return OpenedPullRequest(outcome, kept.url, kept.number, tuple(dict.fromkeys(notes)))

    def close(self) -> None:
        """Give up the connections."""
        desk, self._opened = self._opened, None
        if desk is not None:
            desk.close()

    @contextmanager
    def _opened_anew_after_errors(self) -> Iterator[None]:
        """A process that runs for days outlives tokens, connections, and names of repositories."""
        try:
            yield
        except MigratorError:
            self.close()
            raise

    @property
    def _desk(self) -> Desk:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _found(self, draft: PullRequestDraft) -> Kept | None:
        return _open_of(self._desk.requests(draft.branch), draft.base)

    def _created(self, tries: Tries, draft: PullRequestDraft) -> tuple[Kept, tuple[str, ...] | None]:
        """The pull request, and notes where it is new; None in their place where somebody else was faster."""
        desk, asked = self._desk, 0
        texts = fresh(draft.title, draft.body, desk.longest_title, desk.longest_body)
        new = replace(draft, title=texts.title, body=texts.body)
        notes: tuple[str, ...] = ()

        def create() -> tuple[Kept, bool]:
            nonlocal asked, new, notes
            asked += 1
            if asked > 1 and (kept := self._found(draft)) is not None:
                return kept, True
            try:
                return desk.create(new), True
            except NoDrafts:
                new, notes = replace(new, draft=False), (_NO_DRAFT,)
                return desk.create(new), True
            except Exists as error:
                if (kept := self._found(draft)) is not None:
                    return kept, asked > 1
                # Lists may lag behind; the next look may have it.
                raise Unavailable(
                    error.message, hint="its list does not show it yet: run it again", retryable=True
                ) from None

        kept, ours = tries.of(create)
        return kept, notes if ours else None

    def _filled(self, tries: Tries, draft: PullRequestDraft, kept: Kept, texts: Texts, notes: list[str]) -> bool:
        """Do what is missing. Returns whether anything was."""
        desk, changed = self._desk, False
        if texts.title != kept.title or not same(texts.body, kept.body):
            tries.of(lambda: desk.change(kept, texts.title, texts.body))
            changed = True
        there = {label.casefold() for label in kept.labels}
        if labels := [label for label in dict.fromkeys(draft.labels) if label.casefold() not in there]:
            try:
                tries.of(lambda: desk.label(kept, labels))
                changed = True
            except InputError as error:
                _only_this(error, notes, f"no labels were set ({', '.join(labels)})")
        if reviewers := self._missing_reviewers(tries, draft, kept):
            try:
                refused = tries.of(lambda: desk.ask(kept, reviewers))
                notes.extend(refused)
                changed |= len(refused) < len(reviewers)
            except InputError as error:
                _only_this(error, notes, f"no reviewers were asked ({', '.join(reviewers)})")
        return changed

    def _missing_reviewers(self, tries: Tries, draft: PullRequestDraft, kept: Kept) -> list[str]:
        there = {name.casefold() for name in (*kept.asked, kept.author)}
        missing = [name for name in dict.fromkeys(draft.reviewers) if name.casefold() not in there]
        if not missing:
            return []
        there = {name.casefold() for name in tries.of(lambda: self._desk.reviewed_by(kept))}
        return [name for name in missing if name.casefold() not in there]


def _open_of(there: tuple[Kept, ...], base: str) -> Kept | None:
    """The one that is open: to the base if there is one, else wherever a person has turned it to."""
    open_ones = [kept for kept in there if kept.standing is Standing.OPEN]
    return next((kept for kept in open_ones if kept.base == base), open_ones[0] if open_ones else None)


def _texts(desk: Desk, draft: PullRequestDraft, kept: Kept) -> Texts:
    return merged(draft.title, draft.body, kept.title, kept.body, desk.longest_title, desk.longest_body)


def _only_this(error: InputError, notes: list[str], what: str) -> None:
    """A pull request without a label is better than none."""
    notes.append(f"{what}: {error.message}{f'; {error.hint}' if isinstance(error, NotAllowed) and error.hint else ''}")
