"""The actions of GitHub that a workflow uses, each pinned to the commit of a release.

In: nothing. Out: `ACTIONS`: a short name to what stands behind `uses:`. A tag can be moved to other code, a commit cannot:
"Secure use reference" of GitHub's documentation. The commits are those that public workflows pin under the same version.
Read 2026-11; all of them run on Node 24, which is what GitHub's runners have.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS: Mapping[str, str] = {
    "checkout": "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
    "python": "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0",
    "upload": "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
    "download": "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0",
    "credentials": "aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7 # v6.0.0",
}
