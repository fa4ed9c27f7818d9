"""The main job on the sample shop: a function leaves a monolith, with real parts at every stage.

In: the sample shop and an output folder. Out: events for a view, and a summary of what was measured.
How it looks on a terminal is left to `migrator.cli`.
"""
