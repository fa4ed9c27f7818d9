"""How long `migrator --help` takes, as a ratio to a bare Typer application in the same run.

Runs both in turn, so that a busy machine slows both; compares medians. Exit 1 above the bound.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 25
BOUND = 1.3

BARE = (
    """
import typer
app = typer.Typer()
"""
    + "".join(
        f"""
@app.command()
def command{number}(path: str, verbose: bool = False) -> None:
    '''Command {number}.'''
"""
        for number in range(2)
    )
    + "\napp()\n"
)


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall-clock time of one run."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
    return time.perf_counter() - began


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        plain = {**os.environ, "TYPER_USE_RICH": "0"}
        contestants = {
            "migrator --help": ([str(Path(sys.executable).with_name("migrator")), "--help"], dict(os.environ)),
            "bare typer app": ([sys.executable, str(bare), "--help"], dict(os.environ)),
            "bare typer app, rich off": ([sys.executable, str(bare), "--help"], plain),
        }
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(ROUNDS):
            for name, (command, environment) in contestants.items():
                times[name].append(seconds(command, environment))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians["migrator --help"]
    for name, median in medians.items():
        print(f"{name:26} {median * 1000:6.1f} ms   ratio {ours / median:.2f}")
    # The stricter of the two: Typer's own help without rich.
    ratio = max(ours / median for name, median in medians.items() if name.startswith("bare"))
    print(f"bound: {BOUND} times the bare typer app; measured {ratio:.2f}")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
