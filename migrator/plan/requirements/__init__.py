"""Which distributions a slice needs, and at which versions.

In: the imports that leave the monolith, and the files in which it pins what it uses. Out: `SliceRequirements`.
Nothing of the monolith is imported or run: `setup.py` is read as syntax.
"""

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.selection import SliceRequirements, requirements_of, select_requirements

__all__ = ["SliceRequirements", "TargetEnvironment", "requirements_of", "select_requirements"]
