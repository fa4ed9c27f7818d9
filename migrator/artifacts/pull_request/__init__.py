"""The pull request of a move as text and commits, from the plan that is carried out.

In: a `Move`, and the files that change. Out: title, body in Markdown, `CommitDraft`s. What the branch holds is for
`bootstrap.publishing`, pushing and opening for `migrator.publishing` and its adapters.
"""

from migrator.artifacts.pull_request.body import LONGEST, body
from migrator.artifacts.pull_request.commits import commits
from migrator.artifacts.pull_request.deployed import missing_of, resources_of
from migrator.artifacts.pull_request.move import Link, Move, NewResource, Seam
from migrator.artifacts.pull_request.titles import title

__all__ = ["LONGEST", "Link", "Move", "NewResource", "Seam", "body", "commits", "missing_of", "resources_of", "title"]
