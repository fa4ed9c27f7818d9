"""Which distributions a slice needs, at which versions, and whether they fit their target.

In: the imports that leave the monolith, and the files in which it pins what it uses. Out: `SliceRequirements`; by way
of a `PackageIndex` also a `Fit` and a `Deployment`. Nothing of the monolith is imported or run: `setup.py` is read as
syntax.
"""

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.fit import Deployment, Fit, deployment_of, fit_of
from migrator.plan.requirements.package_index import Answer, AvailableWheel, IndexAnswer, MissingWheel, PackageIndex
from migrator.plan.requirements.platforms import Platform
from migrator.plan.requirements.selection import SliceRequirements, requirements_of
from migrator.plan.requirements.sources.requirement_files import requirement_lines

__all__ = [
    "Answer",
    "AvailableWheel",
    "Deployment",
    "Fit",
    "IndexAnswer",
    "MissingWheel",
    "PackageIndex",
    "Platform",
    "SliceRequirements",
    "TargetEnvironment",
    "deployment_of",
    "fit_of",
    "requirement_lines",
    "requirements_of",
]
