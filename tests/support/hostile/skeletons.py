"""What a file is made of, whatever its texts say: the same for a hostile monolith and its harmless twin.

In: a path and a text. Out: a value that is equal for two files that differ in nothing but texts. A text that became
markup, code or a key makes another one.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt
from packaging.requirements import Requirement

_SUBSTITUTED = re.compile(r"\$\{(?!!)[^}]*\}")
_EXPRESSION = re.compile(r"\$\{\{")
_RESOLVED = re.compile(r"\{\{resolve")
_MENTION = re.compile(r"(?<![\w`])@[a-z][\w-]*", re.IGNORECASE)
_RUN = re.compile(r"\s*(javascript|vbscript|data):", re.IGNORECASE)
# A void element has no end, which the standard's list of them says.
_VOID: Final = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)


def python(text: str) -> object:
    """The kinds of its nodes; a docstring may be there or not, as any constant may be split."""
    return tuple(type(node).__name__ for node in ast.walk(ast.parse(text)))


def yaml_tree(text: str) -> object:
    """Mappings, sequences and scalars by their tags, and how often CloudFormation substitutes into a scalar."""
    return [_of_node(node) for node in yaml.compose_all(text, Loader=yaml.CSafeLoader)]


def workflow(text: str) -> object:
    """The same for a pipeline, and how often an expression stands in it."""
    return yaml_tree(text), len(_EXPRESSION.findall(text))


def _of_node(node: Any) -> object:
    if isinstance(node, yaml.MappingNode):
        return node.tag, [(_of_node(key), _of_node(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return node.tag, [_of_node(item) for item in node.value]
    if node is None:
        return None
    assert not _RESOLVED.search(node.value), "CloudFormation resolves this wherever it stands"
    return node.tag, len(_SUBSTITUTED.findall(node.value)) if node.tag == "!Sub" else 0


def json_tree(text: str) -> object:
    """The same for JSON; numbers of characters stay out of it."""
    return _of_value(json.loads(text))


def toml_tree(text: str) -> object:
    """The same for TOML."""
    return _of_value(tomllib.loads(text))


def _of_value(value: object) -> object:
    if isinstance(value, Mapping):
        return [_of_value(each) for each in value.values()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_of_value(each) for each in value]
    return type(value).__name__


def markdown(text: str) -> object:
    """Its blocks and what stands in them, as code hosts read it; no HTML but what folds, and nobody is mentioned."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    found: list[object] = []
    for token in tokens:
        found.append((token.type, token.tag, _folding(token.content) if token.type == "html_block" else ()))
        for child in token.children or ():
            if child.type == "html_inline":
                _folding(child.content)
            assert child.type != "text" or not _MENTION.search(child.content), child.content
            # A name may be shown as code, for it to be nothing else.
            if child.type not in ("text", "text_special", "code_inline"):
                found.append((child.type, child.tag))
    return found


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            assert not _RUN.match(value or ""), (name, value)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.found.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.found.append("instruction")


# Templates fold long lists and break lines of cells; code hosts take these for it.
_FOLDS: Final = (("details", ()), ("summary", ()), ("br", ()), "/details", "/summary")


def _folding(text: str) -> object:
    parser = _Elements()
    parser.feed(text)
    parser.close()
    assert all(each in _FOLDS for each in parser.found), text
    return parser.found


def html(text: str) -> object:
    """Elements with the names of their attributes, in their order; each that is opened is closed."""
    parser = _Elements()
    parser.feed(text)
    parser.close()
    opened: list[str] = []
    for each in parser.found:
        if isinstance(each, tuple) and each[0] not in _VOID:
            opened.append(each[0])
        elif isinstance(each, str) and each.startswith("/"):
            assert opened, text
            assert opened.pop() == each[1:], text
    assert opened == []
    return parser.found


def requirements(text: str) -> object:
    """What is required, line by line."""
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [Requirement(line).name for line in lines if line and not line.startswith(("#", "-"))]


def lines(text: str) -> object:
    """How many lines there are."""
    return len(text.splitlines())


_BY_NAME: Final[Mapping[str, Callable[[str], object]]] = {"requirements.txt": requirements, "CODEOWNERS": lines}
_BY_SUFFIX: Final[Mapping[str, Callable[[str], object]]] = {
    ".py": python,
    ".yaml": yaml_tree,
    ".yml": workflow,
    ".json": json_tree,
    ".toml": toml_tree,
    ".md": markdown,
    ".html": html,
}


def skeleton(path: str, text: str) -> object:
    """What a file of that name is made of."""
    pure = PurePosixPath(path)
    return (_BY_NAME.get(pure.name) or _BY_SUFFIX.get(pure.suffix) or lines)(text)


def seen(text: str, *, tabs: bool = False) -> str:
    """The characters of a text that nobody sees, or that drive a terminal; none is what is wanted."""
    fine = "\n\t" if tabs else "\n"
    return "".join(sorted({char for char in text if not char.isprintable() and char not in fine}))
