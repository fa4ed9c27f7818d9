"""`router.yaml` and what it includes -> `RouterConfig`, or every mistake in them at once.

In: a path, or texts. Out: a `RouterConfig`. The stages stand in modules of their own: `files` finds, `yaml_tree` reads,
`router_tree` joins, `shape` validates, `checks` compares, `convert` converts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from migrator.collector import without_collector
from migrator.router import checks
from migrator.router.config import RouterConfig
from migrator.router.convert import convert
from migrator.router.files import RouterFiles, RouterText, read_files
from migrator.router.mistakes import Mistake, RouterError
from migrator.router.router_tree import joined
from migrator.router.shape import read_shape
from migrator.router.yaml_nodes import YamlMistakes
from migrator.router.yaml_tree import MAX_VALUES, YamlTree, read_tree


def load_router(path: Path) -> RouterConfig:
    """The configuration in a file and in those that it includes.

    Raises:
        InputError: the file cannot be read.
        RouterError: the files have mistakes; it carries all of them, each with file, line and column.
    """
    return parse_files(read_files(path))


def parse_router(text: str, *, source: str = "router.yaml") -> RouterConfig:
    """The configuration in a text; what it includes is left out.

    Args:
        source: what the mistakes name as the file.

    Raises:
        RouterError: the text has mistakes; it carries all of them, each with line and column.
    """
    return parse_files(RouterFiles(RouterText(source, text)))


def parse_files(files: RouterFiles) -> RouterConfig:
    """The configuration in several texts.

    Raises:
        RouterError: as `load_router`.
    """
    source = files.main.source
    with without_collector():
        trees, mistakes = _trees(files)
        if trees[:1] == [None]:
            raise RouterError(source, mistakes)
        tree = joined([each for each in trees if each is not None], source)
        file, draft, found = read_shape(tree)
        # A file that cannot be read may have what others ask for.
        mistakes += found if None in trees or files.mistakes else [*found, *checks.check(draft, tree)]
        if file is None or mistakes:
            raise RouterError(source, mistakes)
        return replace(convert(file, source), included=tuple(each.source for each in files.included))


def _trees(files: RouterFiles) -> tuple[list[YamlTree | None], list[Mistake]]:
    """The tree of each file, None for one that is not YAML; what is wrong with those, and with files not read at all."""
    trees: list[YamlTree | None] = []
    mistakes = list(files.mistakes)
    left = MAX_VALUES
    for each in files.every:
        named = "" if each is files.main else each.source
        try:
            tree = read_tree(each.text, source=named, most=left)
        except YamlMistakes as error:
            mistakes += [replace(mistake, source=named) for mistake in error.mistakes]
            trees.append(None)
            continue
        left -= tree.values
        trees.append(tree)
    return trees, mistakes
