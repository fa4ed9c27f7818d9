"""A service's template, as several checks look at it: read with its lines, translated, resolved, its policies taken out.

In: a service folder. Out: `Template`, or the reason why there is none. What is right or wrong with it is each check's
own matter.
"""

from migrator.adapters.checks.template.intrinsics import Resolver
from migrator.adapters.checks.template.policies import Attached, Policy, PolicyStatement, policies_of
from migrator.adapters.checks.template.reading import FILE, Template, read_template
from migrator.adapters.checks.template.translating import Translated, translated

__all__ = [
    "FILE",
    "Attached",
    "Policy",
    "PolicyStatement",
    "Resolver",
    "Template",
    "Translated",
    "policies_of",
    "read_template",
    "translated",
]
