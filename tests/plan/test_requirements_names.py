"""The table of distributions against what is installed here, and against itself."""

from __future__ import annotations

from importlib.metadata import distributions

import pytest
from packaging.utils import canonicalize_name

from migrator.plan.requirements.distributions import knowledge

KNOWN = knowledge()


def installed() -> dict[str, set[str]]:
    """Normalized distribution to the dotted packages and modules that its record lists, two levels deep."""
    found: dict[str, set[str]] = {}
    for each in distributions():
        names = found.setdefault(canonicalize_name(each.name), set())
        for file in each.files or ():
            if file.suffix in (".py", ".so") and ".." not in file.parts:
                parts = [part.split(".", 1)[0] for part in file.parts]
                names.update(".".join(parts[:depth]) for depth in range(1, 5) if len(parts) >= depth)
    return found


INSTALLED = installed()
CHECKABLE = [
    (imported, name)
    for imported, names in KNOWN.distributions.items()
    for name in names
    if canonicalize_name(name) in INSTALLED
]


def test_there_is_something_to_check_it_against() -> None:
    assert len(CHECKABLE) >= 10
    assert len(KNOWN.distributions) >= 200


@pytest.mark.parametrize(("imported", "distribution"), CHECKABLE)
def test_an_installed_distribution_provides_what_the_table_says(imported: str, distribution: str) -> None:
    assert imported in INSTALLED[canonicalize_name(distribution)]


def test_an_entry_says_more_than_the_name_of_the_import() -> None:
    needless = [
        imported
        for imported, names in KNOWN.distributions.items()
        if len(names) == 1 and "." not in imported and canonicalize_name(imported) == canonicalize_name(names[0])
    ]
    assert needless == []


def test_companions_are_no_companions_of_themselves() -> None:
    for each in KNOWN.companions:
        assert not each.of & {canonicalize_name(name) for name in each.needs}
        assert len(set(each.needs)) == len(each.needs)
