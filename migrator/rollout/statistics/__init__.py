"""What can be concluded from counts: pure functions of numbers, which know no route and no rollout.

`counts` says what a look adds and `blocks` gathers looks; `worse` is the test that rolls back, `within` the one that
promotes, `budget` the one of cold starts; `evidence` keeps a gate's two tests together and `record` writes them down.
`levels` splits the chance of a false alarm over gates. `odds`, `pairs`, `rates` and `mixture` are the formulas beneath;
`buckets` and `quantiles` are about times. docs/explanation/statistics.md has the reasons and what was measured.
"""
