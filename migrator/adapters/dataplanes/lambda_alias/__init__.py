"""The alias of a Lambda function as the data plane: its calls shared out between two versions."""

from migrator.adapters.dataplanes.lambda_alias.plane import AliasDataPlane
from migrator.adapters.dataplanes.lambda_alias.rendering import rendered_aliases

__all__ = ["AliasDataPlane", "rendered_aliases"]
