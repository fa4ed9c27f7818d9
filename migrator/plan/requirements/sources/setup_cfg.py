"""`setup.cfg`: `install_requires`, `extras_require`, `tests_require`.

In: the text. Out: pins, and the files that a `file:` directive names.
"""

from __future__ import annotations

import configparser

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `setup.cfg`."""
    found = Collected(file, environment)
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(file.text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", ())), (1, ""))[0]
        found.problem(line, "is not an INI file")
        return found.reading()
    for section, option, group in (
        ("options", "install_requires", Group.MAIN),
        ("options", "tests_require", Group.DEVELOPMENT),
    ):
        _option(found, parser.get(section, option, fallback=""), option, f"[{section}]", group)
    if parser.has_section("options.extras_require"):
        for extra, value in parser.items("options.extras_require"):
            _option(found, value, extra, "[options.extras_require]", group_of(extra, Group.OPTIONAL))
    return found.reading()


def _option(found: Collected, value: str, option: str, section: str, group: Group) -> None:
    begins = found.line_with(f"{option} =", f"{option}=", f"{option}:", after=found.line_with(section))
    if value.strip().startswith("file:"):
        for path in value.strip().removeprefix("file:").split(","):
            found.follow(path.strip(), begins, kind=Kind.REQUIREMENT, group=group)
        return
    for written in value.splitlines():
        text = written.split(" #", 1)[0].strip()
        if text and not text.startswith("#"):
            found.line(text, found.line_with(text, after=begins), kind=Kind.MANIFEST, group=group)
