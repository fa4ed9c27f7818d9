"""Draws the functions of the packages whose actions a person reads: `python -m tests.accuracy.permissions.drawing`.

In: `packages/packages.json` and the unpacked wheels. Out: qualified names in the order of the SHA-256 of themselves,
lowest first, at most ten of one package, until there are as many as asked for. A function is drawn from when its own
body calls a method that botocore, or the boto3 resources, give a client, in a module that speaks of boto. That is
told by the method's name alone, so some of them call something else: who reads them says so in the truth, and the
next one takes the place.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.accuracy.monoliths import monoliths, unpacked

PACKAGES = Path(__file__).resolve().parent / "packages"
WANTED = 40
_OF_ONE_PACKAGE = 10

# What boto3 adds to the clients and resources beside the operations, as far as nothing else is called so.
_ADDED = frozenset(
    [
        "upload_file",
        "upload_fileobj",
        "download_file",
        "download_fileobj",
        "generate_presigned_url",
        "generate_presigned_post",
        "get_paginator",
        "get_waiter",
        "batch_writer",
        "wait_until_exists",
    ]
)


def drawn(
    folders: Sequence[tuple[str, Path]],
    skipped: frozenset[str] = frozenset(),
    methods: frozenset[str] = frozenset(),
) -> list[tuple[str, str]]:
    """Package and qualified name of each drawn function.

    Args:
        skipped: names that turned out to call nothing of AWS.
        methods: of clients; all that botocore and boto3 know, where there are none.
    """
    methods = methods or _methods()
    found = [(package, name) for package, folder in folders for name in _callers(folder, methods)]
    found.sort(key=lambda item: hashlib.sha256(item[1].encode()).hexdigest())
    taken: list[tuple[str, str]] = []
    of_package: Counter[str] = Counter()
    for package, name in found:
        if name not in skipped and of_package[package] < _OF_ONE_PACKAGE and len(taken) < WANTED:
            taken.append((package, name))
            of_package[package] += 1
    return taken


def _methods() -> frozenset[str]:
    """Methods of all clients, of two words or more: those of one are called so elsewhere too."""
    import botocore.session
    from botocore import xform_name

    session = botocore.session.get_session()
    names = {
        xform_name(operation)
        for service in session.get_available_services()
        for operation in session.get_service_model(service).operation_names
    }
    return frozenset(name for name in names if "_" in name) | _ADDED


def _callers(folder: Path, methods: frozenset[str]) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text("utf-8")
        if "boto" in text and "test" not in path.stem and "tests" not in path.parts:
            module = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            yield from _of_body(ast.parse(text), module, methods)


def _of_body(node: ast.AST, name: str, methods: frozenset[str]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _of_body(child, f"{name}.{child.name}", methods)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{name}.{child.name}"
            if any(
                isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in methods
                for each in ast.walk(child)
            ):
                yield inner
        else:
            yield from _of_body(child, name, methods)


def folders_of(cache: Path) -> list[tuple[str, Path]]:
    """Name and unpacked folder of each package."""
    return [(package.name, unpacked(package, cache / "wheels", cache / "unpacked")) for package in monoliths(PACKAGES)]


def main(arguments: Sequence[str]) -> int:
    """Print the draw; the one argument is the folder for wheels, where it is not the cache of `make accuracy`."""
    import platformdirs

    cache = Path(arguments[0]) if arguments else platformdirs.user_cache_path("migrator") / "accuracy"
    skipped = frozenset(json.loads((PACKAGES / "skipped.json").read_text("utf-8")))
    for package, name in drawn(folders_of(cache), skipped):
        print(f"{package}\t{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
