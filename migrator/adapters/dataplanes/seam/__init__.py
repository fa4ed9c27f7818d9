"""The seam in legacy code as a data plane: a file of weights that each process of legacy reads once a second."""

from migrator.adapters.dataplanes.seam.entries import rendered_weights
from migrator.adapters.dataplanes.seam.plane import SeamPlane

__all__ = ["SeamPlane", "rendered_weights"]
