"""What a Lambda runtime of Python can load: its platform tags, and how large a zip may be.

In: an architecture and a Python version. Out: a `Platform`. Whether wheels for it exist is a `PackageIndex`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.cloud_facts.facts import most
from migrator.plan.requirements.environment import TargetEnvironment

MOST_UNZIPPED_BYTES = most("lambda.unzipped_bytes")
"""250 MB, function and layers together, unzipped."""

ARM64, X86_64 = "arm64", "x86_64"
_MACHINES = {ARM64: "aarch64", X86_64: "x86_64"}
# Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 has 2.34: "Lambda runtimes", docs.aws.amazon.com/lambda, and the
# same numbers in aws-lambda-builders, by which SAM chooses wheels.
_FIRST_ON_2023 = (3, 12)
_GLIBC_2, _GLIBC_2023 = 26, 34
# The oldest profiles of PEP 600: manylinux2014 is glibc 2.17, the first one with aarch64; manylinux1 is 2.5.
_OLDEST = {ARM64: 17, X86_64: 5}
_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True, slots=True)
class Platform:
    """Where wheels must run.

    Attributes:
        architecture: `arm64` or `x86_64`.
        python: such as `3.13`.
    """

    architecture: str = ARM64
    python: str = "3.13"

    @property
    def tags(self) -> tuple[str, ...]:
        """Platform tags of wheels that it can load, the newest first."""
        machine, oldest = _MACHINES[self.architecture], _OLDEST[self.architecture]
        version = tuple(int(part) for part in self.python.split(".")[:2])
        newest = _GLIBC_2023 if version >= _FIRST_ON_2023 else _GLIBC_2
        found: list[str] = []
        for minor in range(newest, oldest - 1, -1):
            found.append(f"manylinux_2_{minor}_{machine}")
            if minor in _OLD_NAMES:
                found.append(f"{_OLD_NAMES[minor]}_{machine}")
        return tuple(found)

    @property
    def environment(self) -> TargetEnvironment:
        """The same in the words of environment markers."""
        return TargetEnvironment(self.python, self.architecture)

    def __str__(self) -> str:
        return f"{self.architecture} and Python {self.python}"
