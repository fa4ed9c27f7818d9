"""Who knows which wheels there are: pip, asked as a program.

Implements `PackageIndex` of `migrator.plan.requirements`.
"""

from migrator.adapters.packages.pip import PipIndex

__all__ = ["PipIndex"]
