"""What Chalice's analyzer allows for texts of modules: run as a program, with the unpacked wheel on its path.

In: JSON on standard input, name to texts. Out: JSON, name to actions, sorted. Chalice looks at one module at a time, and
only into functions that something calls there; so each text ends with a call of the function that is measured.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout


def main() -> int:
    """Read, analyze, print."""
    with redirect_stdout(sys.stderr):  # it prints words of its own
        found = _actions(json.load(sys.stdin))
    json.dump(found, sys.stdout)
    return 0


def _actions(texts_of: dict[str, list[str]]) -> dict[str, list[str]]:
    from chalice.policy import policy_from_source_code  # type: ignore[import-not-found]

    found: dict[str, list[str]] = {}
    for name, texts in texts_of.items():
        actions: set[str] = set()
        for text in texts:
            try:
                statements = policy_from_source_code(text)["Statement"]
            except Exception as error:  # whatever it cannot read counts as nothing found
                print(f"{name}: {error!r}", file=sys.stderr)
                continue
            for statement in statements:
                actions |= set(statement["Action"])
        found[name] = sorted(actions)
    return found


if __name__ == "__main__":
    sys.exit(main())
