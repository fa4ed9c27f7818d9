"""The wheel, made once, and an environment that has it and nothing else of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def lend_libraries(environment: Path) -> None:
    """Let an environment find the libraries of the one that runs the tests; what is installed in it comes first.

    Of a folder that is named in a `.pth`, Python reads no further `.pth`: the checkout that is installed as editable
    there does not come along.
    """
    (folder,) = (environment / "lib").glob("python*/site-packages")
    (folder / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout as it is, made without the network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(CHECKOUT),
    ]
    subprocess.run(command, env={**os.environ, **OFFLINE}, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel."""
    environment = tmp_path_factory.mktemp("installed") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    command = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", str(wheel)]
    subprocess.run(command, env={**os.environ, **OFFLINE}, check=True, capture_output=True)
    lend_libraries(environment)
    return environment / "bin"
