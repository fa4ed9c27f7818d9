"""What AWS checks before it answers a call: actions, resource types and their ARNs, and where the rule has exceptions."""

from migrator.cloud_facts.iam.reference import AuthorizedService, authorized_service
from migrator.cloud_facts.iam.rules import Also, Keyed, Rules, rules
from migrator.cloud_facts.iam.services import is_free, path_of, prefix_of

__all__ = [
    "Also",
    "AuthorizedService",
    "Keyed",
    "Rules",
    "authorized_service",
    "is_free",
    "path_of",
    "prefix_of",
    "rules",
]
