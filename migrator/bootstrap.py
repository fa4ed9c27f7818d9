"""The composition root: which implementation stands behind each port, chosen from flags and configuration.

Everything is imported where it is built, so that a command pays only for what it uses.
"""

from __future__ import annotations
