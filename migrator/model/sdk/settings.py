"""What reads a setting, so that a text made of it has the setting's name, as `Plan.settings` has it.

In: a value and the attribute, item or call that is read of it. Out: the text with the setting in it; None where nothing
of the kind is read. The names of readers are those of `migrator.knowledge.setting_readers`. A default that the code
gives is no alternative here: it is the default of the setting, which the plan has.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.facts.expressions import Call, Constant, Dictionary, parts_of
from migrator.facts.records import Bind
from migrator.knowledge.setting_readers import (
    DJANGO,
    ENVIRONMENT,
    FLASK,
    READER_CLASSES,
    READERS,
    SETTINGS_CLASSES,
)
from migrator.model.index import ClassInfo
from migrator.model.sdk.calling import Calling
from migrator.model.sdk.values import Arguments, Cls, Lib, Object, Unknown, Value, Values
from migrator.model.sdk.words import plain_text, setting


class Settings(Calling):
    """Reads settings."""

    def setting_attribute(self, value: Value, attr: str) -> Values | None:
        """A setting that is an attribute: of Django's settings, of a settings object of pydantic."""
        if isinstance(value, Lib) and value.dotted == DJANGO and attr.isupper():
            return (setting(attr),)
        prefix = self._prefix(value.info) if isinstance(value, Object) else None
        if prefix is None or not isinstance(value, Object) or attr not in self._field_names(value.info):
            return None
        return (setting(f"{prefix}{attr}".upper()),)

    def setting_item(self, value: Value, keys: Values) -> Values | None:
        """A setting that is an item: of the environment, of Flask's configuration."""
        if isinstance(value, Lib) and value.dotted in (ENVIRONMENT, FLASK):
            return self._settings(keys)
        return None

    def setting_call(self, value: Lib, arguments: Arguments) -> Values | None:
        """A setting that a call reads."""
        owner = value.dotted.rpartition(".")[0]
        made = value.made is not None and bool({value.dotted, owner} & READER_CLASSES)
        if value.dotted in READERS or made or value.dotted == f"{FLASK}.get":
            return self._settings(self.values_of(arguments.get(0)))
        if value.dotted == "builtins.getattr" and Lib(DJANGO) in self.values_of(arguments.get(0)):
            return self._settings(self.values_of(arguments.get(1)))
        return None

    @staticmethod
    def _settings(names: Values) -> Values:
        texts = [plain_text(name) for name in names]
        return tuple(setting(text) if text else Unknown("a setting") for text in texts) or (Unknown("a setting"),)

    def _prefix(self, info: ClassInfo) -> str | None:
        """The prefix of the variables that a settings class reads; None where it is none."""
        ancestors = self.program.ancestors(info) if info not in self._plain_classes else set()
        if not ancestors & SETTINGS_CLASSES:
            self._plain_classes.add(info)
            return None
        for owner in self.order(Cls(info)):
            for text in _prefixes(owner):
                return text
        return ""

    def _field_names(self, info: ClassInfo) -> Iterator[str]:
        for owner in self.order(Cls(info)):
            for step in owner.scope.steps:
                if isinstance(step, Bind) and step.annotation is not None and step.name != "model_config":
                    yield step.name

    @property
    def _plain_classes(self) -> set[ClassInfo]:
        return self._without_settings

    _without_settings: set[ClassInfo]


def _prefixes(info: ClassInfo) -> Iterator[str]:
    """`env_prefix`, as an argument, a key or an attribute of the inner class."""
    module = info.module
    inner = [scope for scope in module.facts.scopes if scope.name.startswith(f"{info.scope.name}.")]
    for step in (step for scope in (info.scope, *inner) for step in scope.steps):
        if isinstance(step, Bind) and step.name == "env_prefix" and isinstance(step.value, Constant):
            yield str(step.value.value)
        for part in parts_of(step):
            if isinstance(part, Call):
                pairs = [(name, value) for name, value in part.keywords if name == "env_prefix"]
            elif isinstance(part, Dictionary):
                pairs = [("", value) for key, value in part.pairs if key == Constant("env_prefix")]
            else:
                continue
            for _, value in pairs:
                if isinstance(value, Constant) and isinstance(value.value, str):
                    yield value.value
