"""Which settings hold: a flag wins over the environment, that over the file, that over the default.

In: the monolith's folder, flags, environment. Out: a `Configuration`. What the settings do is left to those who ask.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrator.config.models import ConfigFile
from migrator.config.parsing import FILE_NAME, ConfigError, Mistake, parse_config
from migrator.config.toml_places import TomlPlaces
from migrator.domain.forges import ForgeSettings
from migrator.domain.locations import Location
from migrator.domain.overrides import Override, OverrideKind, Stated
from migrator.domain.services import CircuitBreaker, ServiceChoices
from migrator.errors import InputError
from migrator.knowledge.schema import LibraryFile

ENVIRONMENT = {
    "config": "MIGRATOR_CONFIG",
    "roots": "MIGRATOR_ROOTS",
    "exclude": "MIGRATOR_EXCLUDE",
    "settings_module": "MIGRATOR_SETTINGS_MODULE",
}
"""Variables by setting; lists are separated like PATH. An empty variable counts as not set."""

_LARGEST = 1024 * 1024  # bytes; a file of a thousand overrides has a tenth of it


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings that hold.

    Attributes:
        path: the file that was read, or None.
        stated: overrides of the analysis.
        knowledge: knowledge files, those of flags last.
        libraries: knowledge that stands in the file itself.
        service: what is chosen about the services that are generated.
        forge: where pull requests are opened, and what they hold.
        origins: where each setting comes from: `flag`, `environment`, `file` or `default`.
    """

    path: Path | None = None
    roots: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    settings_module: str = ""
    stated: tuple[Stated, ...] = ()
    knowledge: tuple[Path, ...] = ()
    libraries: tuple[LibraryFile, ...] = ()
    service: ServiceChoices = field(default_factory=ServiceChoices)
    forge: ForgeSettings = field(default_factory=ForgeSettings)
    origins: Mapping[str, str] = field(default_factory=dict)


def configuration(
    root: Path,
    *,
    config: Path | None = None,
    knowledge: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> Configuration:
    """The settings for a monolith.

    Args:
        root: its folder, or the one file of it that is looked at.
        config: the file, as a flag names it; by default `migrator.toml` in the folder, where there is one.
        knowledge: knowledge files, as flags name them.
        environment: by default the process's own.

    Raises:
        InputError: the file that was named cannot be read.
        ConfigError: the file has mistakes.
    """
    variables = os.environ if environment is None else environment
    origins: dict[str, str] = {}
    path = config
    origins["config"] = "flag" if config is not None else "default"
    if path is None and (named := variables.get(ENVIRONMENT["config"])):
        path = Path(named)
        origins["config"] = "environment"
    if path is None and (root / FILE_NAME).is_file():
        path = root / FILE_NAME
    file, places, source = ConfigFile(), TomlPlaces({}, {}), ""
    if path is not None:
        source = _shown(path, root)
        file, places = _read(path, root)

    def chosen(name: str, stated: tuple[str, ...]) -> tuple[str, ...]:
        if given := variables.get(ENVIRONMENT[name], ""):
            origins[name] = "environment"
            return tuple(part for part in given.split(os.pathsep) if part)
        origins[name] = "file" if stated else "default"
        return stated

    settings = chosen("settings_module", tuple(filter(None, (file.source.settings_module,))))
    return Configuration(
        path=path,
        roots=chosen("roots", file.source.roots),
        exclude=chosen("exclude", file.source.exclude),
        settings_module=settings[0] if settings else "",
        stated=_stated(file, places, source),
        knowledge=(*((path.parent if path else root) / name for name in file.effects.knowledge), *knowledge),
        libraries=file.effects.library,
        service=ServiceChoices(
            secrets=file.generate.secrets,
            hoist=file.generate.hoist_clients,
            breakers=tuple(
                CircuitBreaker(entry.host, entry.failures, entry.recovery_seconds)
                for entry in file.generate.circuit_breaker
            ),
        ),
        forge=file.forge.settings(),
        origins=origins,
    )


def _read(path: Path, root: Path) -> tuple[ConfigFile, TomlPlaces]:
    source = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"cannot read the configuration: {error.strerror or error}",
            hint="`migrator init --root DIR` writes one",
            location=source,
        ) from error
    if len(raw) > _LARGEST:
        raise ConfigError(source, [Mistake(1, 1, "", f"larger than {_LARGEST // 1024} KiB")])
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        lines = raw[: error.start].split(b"\n")
        column = len(lines[-1].decode("utf-8", "replace")) + 1
        mistake = Mistake(len(lines), column, "", f"not UTF-8: byte 0x{raw[error.start]:02x}")
        raise ConfigError(source, [mistake]) from error
    file, places = parse_config(text, source=source)
    missing = [
        Mistake(*places.at(("source", "roots", index)), f"source.roots[{index}]", f"{name!r} is not a folder")
        for index, name in enumerate(file.source.roots)
        if root.is_dir() and not (root / name).is_dir()
    ] + [
        Mistake(*places.at(("effects", "knowledge", index)), f"effects.knowledge[{index}]", f"{name!r} is not a file")
        for index, name in enumerate(file.effects.knowledge)
        if not (path.parent / name).is_file()
    ]
    if missing:
        raise ConfigError(source, missing)
    return file, places


def _stated(file: ConfigFile, places: TomlPlaces, source: str) -> tuple[Stated, ...]:
    found: list[Stated] = []
    for index, entry in enumerate(file.effects.override):
        for kind, effects in ((OverrideKind.ALLOW, entry.allow), (OverrideKind.EFFECT, entry.effect)):
            for position, effect in enumerate(effects):
                line, column = places.at(("effects", "override", index, kind.value, position))
                place = Location(source, line, column=column)
                found.append(Stated(Override(kind, effect, entry.function, place, entry.reason.strip())))
    return tuple(found)


def _shown(path: Path, root: Path) -> str:
    """The file as locations name it: relative to the monolith where it lies in it."""
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)
