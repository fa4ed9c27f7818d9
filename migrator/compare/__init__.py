"""Legacy and Lambda answers side by side: `compare(route, requests, legacy, canary) -> Comparison`.

`rules` is the table of what counts, `difference` compares two answers, `compare` asks and counts.
"""

from migrator.compare.compare import Endpoint, compare
from migrator.compare.difference import differences
from migrator.compare.rules import Rules, make_rules

__all__ = ["Endpoint", "Rules", "compare", "differences", "make_rules"]
