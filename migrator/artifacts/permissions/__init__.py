"""The least that a role has to allow for the slice's own calls of the cloud's SDK.

In: a `Plan` with what it asks of the SDK, and what the template says of its settings. Out: `Permissions`: statements
that name their actions and resources, the resources that whoever deploys has to name, and the calls that a person has
to look at. What AWS checks comes from `cloud_facts.iam`; writing it into the role is left to `templates/sam/permissions`.
"""

from migrator.artifacts.permissions.allowing import permissions_of
from migrator.artifacts.permissions.settings import SettingsShown, settings_shown
from migrator.artifacts.permissions.writing import PermissionsShown, permissions_shown

__all__ = ["PermissionsShown", "SettingsShown", "permissions_of", "permissions_shown", "settings_shown"]
