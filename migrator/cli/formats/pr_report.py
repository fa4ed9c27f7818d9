"""What `migrator pr` prepared and published, as the value behind its JSON document.

In: what is ready, and what became of it. Out: a `PullRequestReport`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from migrator.domain.pull_request_reports import CommitReport, PullRequestReport, RequestReport

if TYPE_CHECKING:
    from migrator.bootstrap.publishing import Ready
    from migrator.publishing import Part, Published


def report(ready: Ready, published: Sequence[Published] | None) -> PullRequestReport:
    """The report.

    Args:
        published: one for each part; None where it was only looked at.
    """
    around = ready.around
    became = published if published is not None else [None] * len(ready.parts)
    return PullRequestReport(
        candidate=around.candidate,
        stage=around.asked.stage,
        service=around.service,
        folder=around.layout.service,
        written=published is not None,
        requests=tuple(
            _request(ready, part, each)
            for part, each in zip(ready.parts, became, strict=True)
            if not part.prepared.empty
        ),
    )


def _request(ready: Ready, part: Part, published: Published | None) -> RequestReport:
    prepared = part.prepared
    draft = prepared.draft()
    opened = published.opened if published is not None else None
    return RequestReport(
        remote=prepared.wanted.remote,
        address=ready.address(part),
        forge=part.forge.kind,
        branch=prepared.wanted.branch,
        base=prepared.wanted.base,
        base_commit=prepared.start.base,
        title=draft.title,
        body=draft.body,
        # Ids of commits that nobody else has are others in the next run.
        commits=tuple(
            CommitReport(each.id if published is not None else "", each.subject, each.files)
            for each in prepared.commits
        ),
        files=prepared.files,
        pushed=published.pushed if published is not None else False,
        outcome=opened.outcome if opened is not None else None,
        url=opened.url if opened is not None else "",
        number=opened.number if opened is not None else 0,
        notes=opened.notes if opened is not None else (),
    )
