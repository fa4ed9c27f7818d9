"""Whether requirements fit a Lambda function, and what kind of function they need.

In: `Requirement` values and a `PackageIndex`. Out: a `Fit` for one architecture, or a `Deployment` that chooses one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrator.domain.plans import Requirement, Target
from migrator.plan.requirements.distributions import alternatives_of
from migrator.plan.requirements.package_index import Answer, AvailableWheel, MissingWheel, PackageIndex
from migrator.plan.requirements.platforms import ARM64, MOST_UNZIPPED_BYTES, X86_64, Platform

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """What an index says of some requirements on one platform.

    Attributes:
        wheels: what would be installed, with what it needs.
        missing: the requirements without a wheel, each with its reason.
        notes: what else is worth knowing.
    """

    platform: Platform
    wheels: tuple[AvailableWheel, ...]
    missing: tuple[MissingWheel, ...]
    notes: tuple[str, ...] = ()

    @property
    def has_wheels(self) -> Answer:
        """Whether everything can be installed without building: one `no` decides, then one `unknown`."""
        answers = {missing.answer for missing in self.missing}
        return next((answer for answer in (Answer.NO, Answer.UNKNOWN) if answer in answers), Answer.YES)

    @property
    def unzipped_bytes(self) -> int | None:
        """The size on the disk of all wheels; None where one is missing or was not at hand."""
        sizes = [wheel.unzipped_bytes for wheel in self.wheels]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) and not self.missing else None

    @property
    def least_bytes(self) -> int:
        """The size of those wheels that were at hand: it is at least that."""
        return sum(wheel.unzipped_bytes or 0 for wheel in self.wheels)

    def in_zip(self, own_bytes: int = 0) -> Answer:
        """Whether it fits below the limit of a zip, beside so many bytes of the function's own."""
        if self.least_bytes + own_bytes > MOST_UNZIPPED_BYTES:
            return Answer.NO
        return Answer.UNKNOWN if self.unzipped_bytes is None else Answer.YES


@dataclass(frozen=True, slots=True)
class Deployment:
    """What kind of function the requirements need.

    Attributes:
        target: `zip` or `image`.
        architecture: `arm64` or `x86_64`.
        reason: why, and what of it nobody could say.
        fits: each architecture that was looked at, the chosen one first.
    """

    target: Target
    architecture: str
    reason: str
    fits: tuple[Fit, ...]


def fit_of(
    requirements: Sequence[Requirement], index: PackageIndex, architecture: str = ARM64, python: str = "3.13"
) -> Fit:
    """Ask an index about requirements on one platform; nothing is asked where there are none.

    Args:
        architecture: `arm64` or `x86_64`.
        python: such as `3.13`.
    """
    platform = Platform(architecture, python)
    elsewhere = tuple(
        MissingWheel(each.distribution, Answer.UNKNOWN, f"{each.distribution} is not taken from an index")
        for each in requirements
        if each.version.startswith("@")
    )
    lines = [requirement_line(each) for each in requirements if not each.version.startswith("@")]
    if not lines:
        return Fit(platform, (), elsewhere)
    found = index.wheels(lines, platform)
    missing = tuple(_with_alternative(each) for each in found.missing)
    return Fit(platform, found.wheels, (*missing, *elsewhere), found.notes)


def _with_alternative(missing: MissingWheel) -> MissingWheel:
    """Name what provides the same import where a requirement itself has no wheel."""
    name = re.split(r"[^\w.-]", missing.requirement, maxsplit=1)[0]
    others = alternatives_of(name) if missing.answer is Answer.NO else ()
    if not others:
        return missing
    return replace(missing, reason=f"{missing.reason} ({others[0]} provides the same import)")


def deployment_of(
    requirements: Sequence[Requirement],
    index: PackageIndex,
    *,
    python: str = "3.13",
    own_bytes: int = 0,
) -> Deployment:
    """Choose between arm64, x86_64 and a container image.

    arm64 unless a requirement has no wheel for it and all have one for x86_64; a container image, on arm64, where
    neither has all wheels or a zip would be too large. What is unknown changes nothing but the reason.

    Args:
        own_bytes: what else goes into the zip.
    """
    arm = fit_of(requirements, index, ARM64, python)
    if arm.has_wheels is not Answer.NO:
        return _sized(arm, _open(arm) or "everything has wheels for arm64", own_bytes)
    intel = fit_of(requirements, index, X86_64, python)
    lacking = _reasons(arm, Answer.NO)
    if intel.has_wheels is Answer.YES:
        return _sized(intel, f"x86_64 because {lacking}", own_bytes, arm)
    others = _reasons(intel, intel.has_wheels)
    reason = f"a container image, in which it can be built, because {lacking}; and for x86_64 {others}"
    return Deployment(Target.IMAGE, ARM64, reason, (arm, intel))


def requirement_line(requirement: Requirement) -> str:
    """The line as PEP 508 writes it: a bare version is an exact one."""
    version = requirement.version
    return f"{requirement.distribution}{f'=={version}' if version[:1].isdigit() else version}"


def _sized(fit: Fit, reason: str, own_bytes: int, *others: Fit) -> Deployment:
    architecture = fit.platform.architecture
    if fit.in_zip(own_bytes) is Answer.NO:
        size = (fit.least_bytes + own_bytes) / 1024 / 1024
        largest = sorted(fit.wheels, key=lambda wheel: -(wheel.unzipped_bytes or 0))[:_MOST_NAMED]
        named = ", ".join(wheel.distribution for wheel in largest)
        too_large = (
            f"a container image because {size:.0f} MB unzipped are above the 250 MB of a zip, most of it {named}"
        )
        return Deployment(Target.IMAGE, architecture, f"{too_large}; {reason}", (fit, *others))
    if fit.unzipped_bytes is None:
        reason = f"{reason}; the size unzipped is unknown"
    else:
        size = (fit.unzipped_bytes + own_bytes) / 1024 / 1024
        reason = f"{reason}; {size:.0f} of 250 MB unzipped"
    return Deployment(Target.ZIP, architecture, reason, (fit, *others))


def _open(fit: Fit) -> str:
    unknown = _reasons(fit, Answer.UNKNOWN)
    return f"arm64 as long as nothing speaks against it: {unknown}" if unknown else ""


def _reasons(fit: Fit, answer: Answer) -> str:
    reasons = list(dict.fromkeys(missing.reason for missing in fit.missing if missing.answer is answer))
    more = f" and {len(reasons) - _MOST_NAMED} more" if len(reasons) > _MOST_NAMED else ""
    return "; ".join(reasons[:_MOST_NAMED]) + more
