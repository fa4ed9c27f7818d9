"""Implements `PackageIndex` with pip, run as a program.

In: requirement lines, a platform. Out: an `IndexAnswer`. Nothing is built, installed or run: pip takes wheels only.
Where it looks is its own configuration; of what it writes only the names of distributions and files are handed on.
What is asked, and in which order, is `question`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from migrator.adapters.packages.question import Question
from migrator.adapters.packages.refusals import Refusal, read_refusal
from migrator.adapters.packages.report import Installed, read_report, unzipped_bytes
from migrator.adapters.processes import start
from migrator.errors import RemoteError
from migrator.plan.requirements import IndexAnswer, Platform

# Two tries of ten seconds: an index that is slower than that would use up the time of all questions.
_PATIENCE = ("--timeout", "10", "--retries", "1")
# What would turn the question into another one, where the environment says it.
_CONTRARY = frozenset(
    f"PIP_{name}"
    for name in [
        "USER",
        "TARGET",
        "PREFIX",
        "ROOT",
        "QUIET",
        "VERBOSE",
        "NO_BINARY",
        "ONLY_BINARY",
        "REPORT",
        "REQUIRE_VIRTUALENV",
        "NO_DEPS",
    ]
)


class PipIndex:
    """Asks pip.

    Args:
        options: where to look, if not where pip is configured to, such as `("--no-index", "--find-links", "wheels")`.
        fetch: whether to download the wheels, so that sizes are known; they are not kept, but for pip's own cache.
        deadline_s: seconds for one question, downloads included. What is not answered by then is unknown.
        python: the interpreter whose pip is asked.
    """

    def __init__(
        self,
        options: Sequence[str] = (),
        *,
        fetch: bool = False,
        deadline_s: float = 120.0,
        python: str = sys.executable,
    ) -> None:
        self._options = tuple(options)
        self._fetch = fetch
        self._deadline_s = deadline_s
        self._python = python

    def wheels(self, requirements: Sequence[str], platform: Platform) -> IndexAnswer:
        """The wheels that pip would install; see `PackageIndex`."""
        with tempfile.TemporaryDirectory(prefix="migrator-pip-") as scratch:
            session = _Session(
                [self._python, "-m", "pip"],
                [*_PATIENCE, *self._options],
                Path(scratch),
                platform,
                self._deadline_s,
                fetch=self._fetch,
            )
            return Question(session, platform).answer(requirements)


class _Session:
    """Runs of pip for one platform, with a folder and a deadline in common; implements `Resolving`."""

    def __init__(
        self,
        program: Sequence[str],
        options: Sequence[str],
        folder: Path,
        platform: Platform,
        deadline_s: float,
        *,
        fetch: bool,
    ) -> None:
        platforms = [part for tag in platform.tags for part in ("--platform", tag)]
        self._program = program
        self._flags = [
            *("--only-binary", ":all:", "--implementation", "cp", "--python-version", platform.python),
            *(*platforms, "--no-deps", *options),
        ]
        self._folder = folder
        self._deadline_s = deadline_s
        self._until = time.monotonic() + deadline_s
        self._fetch = fetch

    def resolve(self, requirements: Sequence[Requirement]) -> tuple[Installed, ...] | Refusal:
        """The wheel of each requirement, without what it needs, or why there are not all of them."""
        report = self._folder / "report.json"
        report.unlink(missing_ok=True)
        arguments = ["install", "-vv", "--dry-run", "--ignore-installed", "--report", str(report)]
        arguments += ["--target", str(self._folder / "target"), "-r", self._listed(map(str, requirements))]
        try:
            status, output = self._run([*arguments, *self._flags])
            return read_report(report) if status == 0 else read_refusal(output)
        except TimeoutError:
            return Refusal(unreachable=f"pip did not answer within {self._deadline_s:g} s")
        except RemoteError:
            return Refusal(unreachable="pip could not be started")
        except (ValueError, OSError):
            return Refusal(unreachable="pip wrote no report; it has to be 23.0 or newer")

    def sizes(self, installed: Sequence[Installed]) -> Mapping[NormalizedName, int]:
        """Bytes unzipped of the wheels that are at hand, or that may be fetched in the time that is left."""
        sizes = {each.key: unzipped_bytes(each.path) for each in installed if each.path is not None}
        away = [each for each in installed if each.path is None]
        if away and self._fetch:
            folder = self._folder / "wheels"
            exact = self._listed(f"{each.name}=={each.version}" for each in away)
            with contextlib.suppress(TimeoutError, RemoteError):  # what has come by then counts
                self._run(["download", "--quiet", "-d", str(folder), "-r", exact, *self._flags])
            for wheel in folder.glob("*.whl") if folder.is_dir() else ():
                sizes[canonicalize_name(wheel.name.split("-", 1)[0])] = unzipped_bytes(wheel)
        return {name: size for name, size in sizes.items() if size is not None}

    def _listed(self, lines: Iterable[str]) -> str:
        path = self._folder / "requirements.txt"
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return str(path)

    def _run(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Exit status and output.

        Raises:
            TimeoutError: it was ended at the deadline.
            RemoteError: it could not be started.
        """
        log = self._folder / "pip.log"
        log.unlink(missing_ok=True)
        command = [*self._program, "--no-input", "--disable-pip-version-check", "--no-color", *arguments]
        environment = {name: value for name, value in os.environ.items() if name not in _CONTRARY}
        with start(command, name="pip", env=environment, cwd=self._folder, log=log) as running:
            status = running.wait(max(0.0, self._until - time.monotonic()))
        return status, log.read_text("utf-8", errors="replace")
