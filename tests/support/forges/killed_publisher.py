"""A process that opens a pull request and is to be killed on the way: `KIND REMOTE`, the token in the environment."""

from __future__ import annotations

import os
import sys

from migrator.adapters.forges import open_forge
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import PullRequestDraft

DRAFT = PullRequestDraft(
    "migrator/shop.tax",
    "main",
    "Move tax",
    "It moves.",
    labels=("strangler",),
    reviewers=("ann",),
)

if __name__ == "__main__":
    forge = open_forge(ForgeSettings(kind=ForgeKind(sys.argv[1])), sys.argv[2], os.environ)
    print(forge.open_pull_request(DRAFT).url, flush=True)
