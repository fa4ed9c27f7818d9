"""Reading folders: names, encodings, and everything that a disk may hold against us."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.source import read_tree
from migrator.source.naming import name_files


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def names(root: Path, **options: object) -> dict[str, str]:
    tree = read_tree(root, **options)  # type: ignore[arg-type]
    return {name: file.path for name, file in tree.modules.items()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"shop/__init__.py": "", "shop/a.py": "", "run.py": ""},
            {"shop": "shop/__init__.py", "shop.a": "shop/a.py", "run": "run.py"},
            id="package and script",
        ),
        pytest.param({"src/shop/__init__.py": ""}, {"shop": "src/shop/__init__.py"}, id="src layout"),
        pytest.param({"backend/shop/__init__.py": ""}, {"shop": "backend/shop/__init__.py"}, id="root of another name"),
        pytest.param(
            {"shop/__init__.py": "", "shop/deep/commands/run.py": ""},
            {"shop": "shop/__init__.py", "shop.deep.commands.run": "shop/deep/commands/run.py"},
            id="namespace below a package",
        ),
        pytest.param(
            {"acme/shop/__init__.py": "", "acme/mail/__init__.py": "from acme.shop import a"},
            {"acme.shop": "acme/shop/__init__.py", "acme.mail": "acme/mail/__init__.py"},
            id="namespace package, as the imports say",
        ),
        pytest.param(
            {"a/main.py": "import helper", "a/helper.py": "", "b/main.py": "import helper", "b/helper.py": ""},
            {"helper": "a/helper.py", "main": "a/main.py", "b.helper": "b/helper.py", "b.main": "b/main.py"},
            id="two roots with one module name",
        ),
        pytest.param(
            {"shop/__init__.py": "", "venv/pyvenv.cfg": "", "venv/x.py": "", "env2/pyvenv.cfg": "", "env2/x.py": ""},
            {"shop": "shop/__init__.py"},
            id="environments",
        ),
        pytest.param(
            {
                "shop/__init__.py": "",
                "services/tax/migrator-manifest.json": "{}",
                "services/tax/src/shop/__init__.py": "",
                "services/tax/src/app.py": "",
            },
            {"shop": "shop/__init__.py"},
            id="services that were cut out",
        ),
        pytest.param(
            {
                "shop/__init__.py": "",
                "shop/tests/test_a.py": "",
                "shop/test_b.py": "",
                "node_modules/x.py": "",
                ".hidden/x.py": "",
                "build/x.py": "",
                "shop/migrations/0001_initial.py": "",
            },
            {"shop": "shop/__init__.py", "shop.migrations.0001_initial": "shop/migrations/0001_initial.py"},
            id="tests and built things out, migrations in",
        ),
    ],
)
def test_names(tmp_path: Path, files: dict[str, str | bytes], expected: dict[str, str]) -> None:
    assert names(write(tmp_path, files)) == expected


def test_root_that_is_a_package(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/api/__init__.py": "", "shop/api/tax.py": ""})
    assert set(names(tmp_path / "shop")) == {"shop", "shop.api", "shop.api.tax"}
    assert set(names(tmp_path / "shop" / "api")) == {"shop.api", "shop.api.tax"}


def test_single_file(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/tax.py": "x = 1\n"})
    tree = read_tree(tmp_path / "shop" / "tax.py")
    assert [(file.name, file.path, file.lines) for file in tree.modules.values()] == [("shop.tax", "tax.py", 1)]


def test_stated_roots_and_excludes(tmp_path: Path) -> None:
    write(tmp_path, {"lib/a.py": "", "other/b.py": "", "lib/gen/c.py": "", "lib/d_pb2.py": ""})
    assert names(tmp_path, roots=["lib"], exclude=["*_pb2.py", "lib/gen"]) == {"a": "lib/a.py"}
    with pytest.raises(InputError, match="missing"):
        read_tree(tmp_path, roots=["missing"])


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tree(tmp_path / "nowhere")
    assert caught.value.location == str(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'ä'\n"),
        ("#!/x\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"), None),
        (b"x = 1\r\n", "x = 1\r\n"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, text: str | None) -> None:
    tree = read_tree(write(tmp_path, {"a.py": content}))
    assert not tree.skipped
    assert tree.modules["a"].text == (text or content.decode("cp1252"))


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"x = 1\ny = '\xff'\n", 2, "is not utf-8"),
        (b"# coding: nonsense\n", 1, "cannot be decoded"),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1, "cannot be decoded"),
    ],
)
def test_undecodable_file_is_a_finding(tmp_path: Path, content: bytes, line: int, reason: str) -> None:
    tree = read_tree(write(tmp_path, {"bad.py": content, "good.py": ""}))
    assert set(tree.modules) == {"good"}
    assert [(entry.path, entry.line) for entry in tree.skipped] == [("bad.py", line)]
    assert tree.skipped[0].reason.startswith(reason)


def test_symbolic_links(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/a.py": ""})
    (tmp_path / "shop" / "loop").symlink_to(tmp_path / "shop", target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nothing.py")
    tree = read_tree(tmp_path)
    assert set(tree.modules) == {"shop", "shop.a"}
    assert [entry.path for entry in tree.skipped] == ["gone.py"]


def test_pipe_named_like_source_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert [entry.reason for entry in read_tree(tmp_path).skipped] == ["is not a regular file"]


def test_names_that_are_not_utf8_are_escaped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"odd\xff.py")).write_bytes(b"\xff")
    (tmp_path / "a\nb.py").write_text("x = 1\n")
    tree = read_tree(tmp_path)
    assert "a\nb" in tree.modules
    assert [entry.path.encode() for entry in tree.skipped] == [b"odd\\udcff.py"]


@given(st.lists(st.sampled_from(["a", "b", "c", "src"]), min_size=1, max_size=4), st.data())
def test_every_file_has_one_name(parts: list[str], data: st.DataObject) -> None:
    folders = st.lists(st.sampled_from([*parts, "x"]), max_size=3).map("/".join)
    found = data.draw(st.lists(st.tuples(folders, st.sampled_from(["__init__", "m", "n"])), max_size=12))
    paths = sorted({f"{folder}/{stem}.py" if folder else f"{stem}.py" for folder, stem in found})
    named = name_files(paths, {}).by_path
    assert len(set(named.values())) == len(named)
    assert set(named) <= set(paths)
