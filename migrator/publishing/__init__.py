"""Publishing: a change becomes a branch and a pull request, once, however often it is run.

In: what makes the files of a change in a checkout, and its texts. Out: pushed branches and opened pull requests. What the
change is, is left to the callers; git and the forges stand behind the ports.
"""

from migrator.publishing.carrying_out import Part, carry_out, carry_out_all
from migrator.publishing.preparing import prepare
from migrator.publishing.values import Made, Maker, NewCommit, Prepared, Published, Start, Texts, Wanted

__all__ = [
    "Made",
    "Maker",
    "NewCommit",
    "Part",
    "Prepared",
    "Published",
    "Start",
    "Texts",
    "Wanted",
    "carry_out",
    "carry_out_all",
    "prepare",
]
