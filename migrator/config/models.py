"""The shape of `migrator.toml`, with its JSON Schema.

In: parsed TOML. Out: the models, validated. Places of mistakes are `parsing`, which setting wins is `settings`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from migrator.config.forge import ForgeSection
from migrator.domain.effects import Effect
from migrator.domain.services import SecretStore
from migrator.knowledge.schema import LibraryFile

_DOTTED = r"^[^\W\d]\w*(\.[^\W\d]\w*)*$"
_FUNCTION = r"^[^\s]+$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSection(_Strict):
    """`[source]`: which files are the monolith, and under which names they are imported."""

    roots: tuple[str, ...] = Field(
        default=(), description="Folders, relative to the monolith, that stand on its sys.path; found where left out."
    )
    exclude: tuple[str, ...] = Field(
        default=(), description="Shell patterns of names or relative paths to leave out, beside environments and tests."
    )
    settings_module: str = Field(default="", pattern=rf"{_DOTTED}|^$", description="Django's settings module.")

    @field_validator("roots")
    @classmethod
    def _stay_inside(cls, roots: tuple[str, ...]) -> tuple[str, ...]:
        for root in roots:
            if PurePosixPath(root).is_absolute() or ".." in PurePosixPath(root).parts:
                raise ValueError(f"{root!r} is not below the monolith")
        return roots


class OverrideEntry(_Strict):
    """`[[effects.override]]`: what is known of one function better than the analysis knows it."""

    function: str = Field(pattern=_FUNCTION, description="Qualified name, as `migrator explain` shows it.")
    allow: tuple[Effect, ...] = Field(default=(), description="Effects that it does not have, whatever is found in it.")
    effect: tuple[Effect, ...] = Field(default=(), description="Effects that it has though they are not found.")
    reason: Annotated[str, Field(min_length=1, description="Why; shown with each verdict that rests on it.")]

    @model_validator(mode="after")
    def _says_something(self) -> OverrideEntry:
        if not self.reason.strip():
            raise ValueError("the reason is empty")
        if not (self.allow or self.effect):
            raise ValueError("says nothing: state allow or effect")
        if both := set(self.allow) & set(self.effect):
            raise ValueError(f"{sorted(both)[0]} stands in allow and in effect")
        return self


class EffectsSection(_Strict):
    """`[effects]`: overrides, and knowledge of libraries of one's own."""

    knowledge: tuple[str, ...] = Field(default=(), description="Knowledge files, relative to this file.")
    override: tuple[OverrideEntry, ...] = Field(default=(), description="What is stated about single functions.")
    library: tuple[LibraryFile, ...] = Field(default=(), description="Knowledge, as it stands in a knowledge file.")


class CircuitBreakerEntry(_Strict):
    """`[[generate.circuit_breaker]]`: a host that is left alone for a while when it fails."""

    host: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", description="As the code names it, lower case, without a port."
    )
    failures: int = Field(default=5, ge=1, description="Calls in a row that fail before none is tried any more.")
    recovery_seconds: int = Field(default=30, ge=1, description="Time after which one call is let through to see.")


class GenerateSection(_Strict):
    """`[generate]`: what is chosen about the services that are generated."""

    secrets: SecretStore = Field(
        default=SecretStore.PARAMETER_STORE, description="Where services read their secrets from."
    )
    hoist_clients: bool = Field(
        default=True,
        description="Whether clients with constant arguments, made in a function, are made once at import instead.",
    )
    circuit_breaker: tuple[CircuitBreakerEntry, ...] = Field(
        default=(), description="Hosts that calls are guarded for; none by default."
    )

    @field_validator("circuit_breaker")
    @classmethod
    def _each_host_once(cls, entries: tuple[CircuitBreakerEntry, ...]) -> tuple[CircuitBreakerEntry, ...]:
        hosts = [entry.host for entry in entries]
        if twice := sorted({host for host in hosts if hosts.count(host) > 1}):
            raise ValueError(f"{twice[0]} stands twice")
        return entries


class ConfigFile(_Strict):
    """The whole file."""

    generate: GenerateSection = GenerateSection()
    source: SourceSection = SourceSection()
    effects: EffectsSection = EffectsSection()
    forge: ForgeSection = ForgeSection()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ConfigFile.model_json_schema()}
