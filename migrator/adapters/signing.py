"""Signs what is sent to other people's programs, so that they can tell whom it is from and when it was sent.

In: a key, a body, the time. Out: the header `X-Migrator-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256, under
the key, of the seconds since the epoch in decimal, a full stop, and the body's bytes. A receiver computes it again,
compares in constant time, and refuses what is older than some minutes, so that nothing can be played to it again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

HEADER: Final = "X-Migrator-Signature"


def signature(key: str, body: bytes, at: float) -> str:
    """The value of the header.

    Args:
        at: seconds since the epoch.
    """
    seconds = str(int(at))
    digest = hmac.new(key.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
