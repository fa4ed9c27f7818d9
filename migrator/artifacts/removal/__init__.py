"""Removing what has moved for good: edits that touch nothing else, the client for what still sends, the way back.

In: a tree without the candidate's seam, and the plan of the removal. Out: a `CleanUp` with its files and its diff.
"""

from migrator.artifacts.removal.clean_up import CleanUp, clean_up

__all__ = ["CleanUp", "clean_up"]
