"""What the demo promises, held against what it wrote.

In: the folder of the demo's output and what it printed. Out: nothing, or the assertion that does not hold.
"""

from __future__ import annotations

import json
from pathlib import Path


def hold(output: Path, printed: str) -> None:
    """A good canary is promoted, one that raises goes back by itself, one that answers wrongly gets no weight."""
    good, fault_a, fault_b = json.loads((output / "summary.json").read_text())["runs"]

    assert good["phase"] == "promoted"
    assert (good["lost"], good["wrong"]) == (0, 0)
    assert good["highest_weight"] == 100
    assert good["canary_requests"] > 100
    assert "lost 0, wrong 0 in the good run" in printed

    # 5 requests a second at 5 %: one tick adds a handful at the most.
    assert fault_a["phase"] == "rolled-back"
    assert fault_a["canary_requests"] <= 20 + 5
    assert fault_a["canary_errors"] >= fault_a["canary_requests"] / 2
    assert (fault_a["lost"], fault_a["wrong"]) == (0, 0)

    assert fault_b["highest_weight"] == 0
    assert fault_b["canary_requests"] == 0
    assert fault_b["compared_different"] > 0
    assert (fault_b["lost"], fault_b["wrong"]) == (0, 0)
