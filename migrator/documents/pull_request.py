"""`migrator.pull-request/1`: branches and pull requests of a stage of a move."""

from migrator.documents.codec import Codec
from migrator.domain.pull_request_reports import PullRequestReport

CODEC = Codec("migrator.pull-request/1", PullRequestReport)
