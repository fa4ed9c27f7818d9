"""`router.yaml` -> `RouterConfig`, or every mistake in it at once.

In: a path, or a text. Out: a `RouterConfig`. The stages stand in modules of their own: `yaml_tree` reads,
`shape` validates, `checks` compares, `convert` converts.
"""

from __future__ import annotations

from pathlib import Path

from migrator.collector import without_collector
from migrator.errors import InputError
from migrator.router import checks
from migrator.router.config import RouterConfig
from migrator.router.convert import convert
from migrator.router.mistakes import Mistake, RouterError
from migrator.router.shape import read_shape
from migrator.router.yaml_nodes import YamlMistakes
from migrator.router.yaml_tree import MAX_BYTES, read_tree


def load_router(path: Path) -> RouterConfig:
    """The configuration in a file.

    Raises:
        InputError: the file cannot be read.
        RouterError: the file has mistakes; it carries all of them, each with line and column.
    """
    source = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot read the router configuration: {error.strerror or error}",
            hint="name it with --router FILE; migrator extract writes one beside the service",
            location=source,
        ) from error
    if len(raw) > MAX_BYTES:
        raise RouterError(source, [Mistake(1, 1, "", f"larger than {MAX_BYTES // 1024 // 1024} MiB")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = Mistake(
            before.count(b"\n") + 1,
            len(before) - (before.rfind(b"\n") + 1) + 1,
            "",
            f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8",
        )
        raise RouterError(source, [place]) from error
    return parse_router(text, source=source)


def parse_router(text: str, *, source: str = "router.yaml") -> RouterConfig:
    """The configuration in a text.

    Args:
        source: what the mistakes name as the file.

    Raises:
        RouterError: the text has mistakes; it carries all of them, each with line and column.
    """
    with without_collector():
        try:
            tree = read_tree(text)
        except YamlMistakes as error:
            raise RouterError(source, error.mistakes) from error
        file, draft, mistakes = read_shape(tree)
        mistakes += checks.check(draft, tree)
        if file is None or mistakes:
            raise RouterError(source, mistakes)
        return convert(file, source)
