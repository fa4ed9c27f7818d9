"""Second stage: one module becomes `ModuleFacts`, in isolation, picklable, without policy.

`extract_facts(tree)` reads a whole tree, `extract_packed` leaves the facts packed behind their `Outline`s. What facts of several modules mean together is left to `migrator.model`.
"""

from migrator.facts.kept import FactStore, KeptFacts
from migrator.facts.outlines import Outline, Packed, opened, unpacked
from migrator.facts.override_comments import read_overrides
from migrator.facts.parsing import facts_of, facts_through_libcst
from migrator.facts.records import ModuleFacts
from migrator.facts.run import extract_facts, extract_packed, with_facts

__all__ = [
    "FactStore",
    "KeptFacts",
    "ModuleFacts",
    "Outline",
    "Packed",
    "extract_facts",
    "extract_packed",
    "facts_of",
    "facts_through_libcst",
    "opened",
    "read_overrides",
    "unpacked",
    "with_facts",
]
