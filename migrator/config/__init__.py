"""`migrator.toml`: what the user states about the monolith once instead of with flags.

`configuration(root)` gives the settings that hold; `parse_config(text)` what a text says. What the settings do is left
to those who ask for them.
"""

from migrator.config.initial import Drafted, drafted
from migrator.config.models import ConfigFile, json_schema
from migrator.config.parsing import FILE_NAME, ConfigError, parse_config
from migrator.config.settings import Configuration, configuration

__all__ = [
    "FILE_NAME",
    "ConfigError",
    "ConfigFile",
    "Configuration",
    "Drafted",
    "configuration",
    "drafted",
    "json_schema",
    "parse_config",
]
