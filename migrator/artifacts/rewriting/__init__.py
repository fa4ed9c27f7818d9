"""Changes to the code of a slice that Lambda asks for, each shown as a diff.

In: the modules of a `PlannedSlice`, the user's choices. Out: `Rewritten`: their new texts, what was changed and why.
What travels at all is decided in `migrator.plan`; the handler around it is a template.
"""

from migrator.artifacts.rewriting.rewrite import rewrite_slice
from migrator.artifacts.rewriting.rewritten import Edit, Rewritten, diff_of

__all__ = ["Edit", "Rewritten", "diff_of", "rewrite_slice"]
