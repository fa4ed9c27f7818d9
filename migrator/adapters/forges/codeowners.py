"""Who owns what changes: CODEOWNERS, as GitHub and as GitLab read it.

In: how a file is read, the changed paths. Out: names of people and teams to ask, in the order of the file. Owners that are an e-mail
address or a role are left out: no forge can be asked for them by name. Where a pattern matches is left to pathspec.

Sources: GitHub docs, "About code owners"; GitLab docs, "Code Owners", and its "Syntax and error handling".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Final

from migrator.domain.forges import ForgeKind
from migrator.errors import InputError

PLACES: Final[Mapping[ForgeKind, tuple[str, ...]]] = {
    ForgeKind.GITHUB: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    ForgeKind.GITLAB: ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    ForgeKind.GIT: (),
}
"""Where each forge looks, and in which order; the first that is there counts."""

_LARGEST: Final = 3 * 1024 * 1024  # bytes; GitHub does not load a larger one
_SECTION: Final = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s.*)?)$")
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER: Final = re.compile(r"@(?P<name>[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)*)", re.ASCII)
_ALL_BELOW: Final = ("/", "**", "**/*")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    Attributes:
        section: in small letters; empty before the first, and always at GitHub.
        pattern: as it is to be matched.
        below: whether everything below a folder that it matches belongs to it.
        excludes: whether what it matches has no owner in its section.
    """

    section: str
    pattern: str
    owners: tuple[str, ...]
    below: bool
    excludes: bool = False


def reviewers(kind: ForgeKind, read: Callable[[str], bytes | None], paths: Iterable[str]) -> tuple[str, ...]:
    """The owners of changed paths.

    Args:
        read: a file of the base by its path from the repository's top; None for no file.
        paths: from the repository's top.

    Raises:
        InputError: pathspec is not installed.
    """
    for place in PLACES[kind]:
        raw = read(place)
        if raw is not None:
            text = raw.decode("utf-8-sig", "replace") if len(raw) <= _LARGEST else ""
            return owners(tuple(_RULES[kind](text)), paths)
    return ()


def owners(rules: tuple[Rule, ...], paths: Iterable[str]) -> tuple[str, ...]:
    """Who owns paths: in each section the last rule that matches counts, and what it names, if it names anybody."""
    matching = _matching(rules)
    found: dict[str, None] = {}
    for path in sorted(set(paths)):
        counting: dict[str, Rule] = {}
        excluded: set[str] = set()
        for rule, matches in matching:
            if matches(path):
                counting[rule.section] = rule
                if rule.excludes:
                    excluded.add(rule.section)
        for section, rule in counting.items():
            found.update(dict.fromkeys(rule.owners if section not in excluded else ()))
    order = list(dict.fromkeys(name for rule in rules for name in rule.owners))
    return tuple(name for name in order if name in found)


def github_rules(text: str) -> Iterator[Rule]:
    """The rules of a file at GitHub. There is no negation and no range of characters: such lines count for nothing."""
    for words in _lines(text, comments_behind=True):
        pattern = words[0]
        if pattern.startswith("!") or "[" in pattern:
            continue
        # What stands right in a folder, and not what is deeper.
        below = not (pattern.endswith("/*") and not pattern.endswith("**/*"))
        yield Rule("", pattern, _named(words[1:]), below)


def gitlab_rules(text: str) -> Iterator[Rule]:
    """The rules of a file at GitLab. A rule without owners has those of its section; owners in a comment behind it count."""
    section = ""
    standard: tuple[str, ...] = ()
    for words in _lines(text, comments_behind=False):
        line = " ".join(words)
        if found := _SECTION.fullmatch(line):
            section, standard = found["name"].strip().lower(), _named(found["owners"].split())
            continue
        excludes = words[0].startswith("!")
        pattern = words[0].removeprefix("!")
        below = pattern == "*" or pattern.endswith(_ALL_BELOW)
        if not pattern.startswith("/") and "/" in pattern.rstrip("/"):
            pattern = f"**/{pattern}"
        if pattern:
            yield Rule(section, pattern, () if excludes else _named(words[1:]) or standard, below, excludes)


_RULES: Final[Mapping[ForgeKind, Callable[[str], Iterator[Rule]]]] = {
    ForgeKind.GITHUB: github_rules,
    ForgeKind.GITLAB: gitlab_rules,
}


def _lines(text: str, *, comments_behind: bool) -> Iterator[list[str]]:
    for line in text.splitlines():
        words: list[str] = []
        for found in _WORD.finditer(line):
            if found[0].startswith("#") and (comments_behind or not words):
                break
            words.append(found[0])
        if words:
            yield words


def _named(words: Iterable[str]) -> tuple[str, ...]:
    found = (_OWNER.fullmatch(word) for word in words)
    return tuple(dict.fromkeys(match["name"] for match in found if match is not None))


def _matching(rules: tuple[Rule, ...]) -> list[tuple[Rule, Callable[[str], bool]]]:
    if find_spec("pathspec") is None:
        raise InputError(
            "pathspec is not installed, which CODEOWNERS is read by", hint="pip install 'migrator[forges]'"
        )
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    made: list[tuple[Rule, Callable[[str], bool]]] = []
    for rule in rules:
        try:
            pattern = GitIgnoreSpecPattern(rule.pattern)
        except GitIgnorePatternError:
            continue
        made.append((rule, _matcher(pattern.match_file, below=rule.below)))
    return made


def _matcher(match: Callable[[str], object], *, below: bool) -> Callable[[str], bool]:
    def matches(path: str) -> bool:
        if match(path) is None:
            return False
        # A pattern of ignored files takes a folder with all that is in it.
        return below or not any(match(str(folder)) is not None for folder in PurePosixPath(path).parents)

    return matches
