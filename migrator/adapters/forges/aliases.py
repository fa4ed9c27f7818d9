"""What a person's SSH configuration calls a host.

In: the address of a remote. Out: the same with the host that SSH connects to, where the address names an alias, as those have who
have two accounts. Nothing is connected to.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from typing import Final

_LIMIT_S: Final = 5.0
_OVER_SSH: Final = re.compile(
    r"(?P<before>(?:ssh://)?(?:[^@/\s]+@)?)(?P<host>[A-Za-z0-9][\w.-]+)(?P<after>:.*|/.*)", re.DOTALL
)


def without_alias(remote_url: str, environment: Mapping[str, str]) -> str:
    """A remote's address with the host's own name. Source: ssh(1), option -G."""
    found = _OVER_SSH.fullmatch(remote_url.strip())
    if found is None or ("://" not in remote_url and not found["after"].startswith(":")):
        return remote_url
    if found["after"].startswith("://"):
        return remote_url
    try:
        done = subprocess.run(
            ["ssh", "-G", "--", found["host"]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return remote_url
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    host = next((line.partition(" ")[2].strip() for line in lines if line.startswith("hostname ")), "")
    return f"{found['before']}{host}{found['after']}" if host and not done.returncode else remote_url
