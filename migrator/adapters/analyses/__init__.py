"""Analyses that are kept, so that a tree in which nothing has changed need not be analyzed again."""

from migrator.adapters.analyses.cache import AnalysisCache

__all__ = ["AnalysisCache"]
