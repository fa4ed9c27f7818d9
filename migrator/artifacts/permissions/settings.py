"""How a template says what a setting holds, so that an ARN can be made of it.

In: the plan and what the template makes of its settings (`outside`). Out: `SettingsShown`: the parameter of each
setting that has one, and what has to be true before it may be used. What a setting names is decided by `names`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.artifacts.outside import Outside

# Variables that the template or Lambda sets, and what holds the same value.
_OWN = {"STAGE": "Stage", "AWS_REGION": "AWS::Region", "AWS_DEFAULT_REGION": "AWS::Region"}
_ARN = re.compile(r"(?:^|[_.])ARNS?(?:$|[_.])|Arn$", re.IGNORECASE)
_URL = re.compile(r"(?:^|[_.])UR[IL](?:$|[_.])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """What the template says of settings.

    Attributes:
        parameters: setting to the parameter, or pseudo parameter, that holds the same.
        optional: parameters that may be empty, to the condition of the template that says whether they are not.
        defaults: setting to its default, where it has one.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def holds_arn(self, setting: str) -> bool:
        """Whether a setting's value is an ARN: its default is one, or its name says so."""
        default = self.defaults.get(setting)
        return default.startswith("arn:") if default else bool(_ARN.search(setting))

    def holds_url(self, setting: str) -> bool:
        """Whether a setting's value is a URL: its default is one, or its name says so."""
        default = self.defaults.get(setting)
        return default.startswith(("https://", "http://")) if default else bool(_URL.search(setting))


def settings_shown(outside: Outside) -> SettingsShown:
    """What the template of a service says of the settings."""
    return SettingsShown(
        {**_OWN, **{each.name: each.id for each in outside.variables}},
        {each.id: f"Has{each.id}" for each in outside.variables if each.default is None and not each.required},
        {each.name: each.default for each in outside.variables if each.default is not None},
    )
