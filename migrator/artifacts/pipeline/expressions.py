"""The expressions of GitHub that a workflow contains, all of them.

In: nothing. Out: `EXPRESSIONS`: a short name to the text. They stand in `with`, `env`, `if` and `concurrency`, and never in
a `run`, where what they say would become part of a shell script ("Secure use reference": script injections).
"""

from __future__ import annotations

from collections.abc import Mapping

EXPRESSIONS: Mapping[str, str] = {
    "group": "${{ github.workflow }}-${{ github.ref }}-${{ github.event_name }}",
    "cancel": "${{ github.event_name == 'pull_request' }}",
    "folder": "${{ env.SERVICE_FOLDER }}",
    "migrator": "${{ vars.MIGRATOR }}",
    "load_test": "${{ vars.LOAD_TEST }}",
    "load_url": "${{ vars.LOAD_URL }}",
    "router": "${{ vars.MIGRATOR_ROUTER || 'router.yaml' }}",
    "state": "${{ vars.MIGRATOR_STATE }}",
    "role": "${{ vars.AWS_ROLE_ARN }}",
    "region": "${{ vars.AWS_REGION }}",
    "run": "${{ github.run_id }}",
    "deployable": "github.event_name != 'pull_request' && github.ref_name == github.event.repository.default_branch",
    "asked_for_canary": "inputs.canary && github.ref_name == github.event.repository.default_branch",
}
