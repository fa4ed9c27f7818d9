"""The alias of a Lambda function as the data plane: its calls shared out between two versions."""

from migrator.adapters.dataplanes.lambda_alias.plane import AliasDataPlane

__all__ = ["AliasDataPlane"]
