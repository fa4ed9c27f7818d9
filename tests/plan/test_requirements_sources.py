"""Each format of pins: what it says for the target, and what a broken file gives."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.plan.requirements.discovery import read_pins
from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, Pin, PinFile, Pins
from migrator.plan.requirements.sources import SOURCES, reader_for

M, O, D = Group.MAIN, Group.OPTIONAL, Group.DEVELOPMENT  # noqa: E741


def shown(pin: Pin) -> str:
    """`name[extras] versions @reference line group`, short enough to compare."""
    extras = f"[{','.join(sorted(pin.extras))}]" if pin.extras else ""
    reference = f" @{pin.reference}" if pin.reference else ""
    return f"{pin.name}{extras} {pin.specifier}{reference} :{pin.place.line} {pin.group.name[0]}"


def pins_of(name: str, text: str, environment: TargetEnvironment | None = None) -> list[str]:
    """What a file says; it must have no problem."""
    found = reader_for(name)(PinFile(name, textwrap.dedent(text).lstrip("\n")), environment or TargetEnvironment())
    assert found.problems == ()
    return [shown(pin) for pin in found.pins]


def test_a_requirements_file() -> None:
    text = r"""
    # a comment
    --index-url https://user:secret@example.invalid/simple
    --extra-index-url=https://user:secret@example.invalid/simple
    Flask == 3.1.3 \
        --hash=sha256:aaaa \
        --hash=sha256:bbbb
    requests[socks,security]>=2,<3 ; python_version >= "3.8"  # why
    colorama==0.4 ; sys_platform == "win32"
    tomli==2.0 ; python_version < "3.11"
    uvloop==0.2; platform_machine == "aarch64"
    celery # no version
    Django~=5.1 --no-binary :all:
    .
    -e .[dev]
    -e git+https://github.com/a/b.git@v1#egg=own_lib[x]
    """
    assert pins_of("requirements.txt", text) == [
        "Flask ==3.1.3 :4 M",
        "requests[security,socks] <3,>=2 :7 M",
        "uvloop ==0.2 :10 M",
        "celery  :11 M",
        "Django ~=5.1 :12 M",
        "own_lib[x]  @git+https://github.com/a/b.git@v1 :15 M",
    ]


def test_the_other_architecture_has_other_markers() -> None:
    text = 'uvloop==0.2; platform_machine == "aarch64"\n'
    assert pins_of("requirements.txt", text, TargetEnvironment("3.13", "x86_64")) == []


def test_pyproject() -> None:
    text = """
    [project]
    name = "shop"
    dependencies = [
        "attrs>=23",
        "celery[redis]>=5; python_version > '3.9'",
        "own-lib",
    ]
    [project.optional-dependencies]
    postgres = ["psycopg2-binary~=2.9"]
    dev = ["mypy"]
    [dependency-groups]
    base = ["hypothesis==6.0"]
    test = [{include-group = "base"}, "pytest>=8"]
    [tool.uv]
    constraint-dependencies = ["attrs<26"]
    [tool.uv.sources]
    own-lib = {git = "https://github.com/a/own-lib", tag = "v2"}
    """
    assert pins_of("pyproject.toml", text) == [
        "attrs >=23 :4 M",
        "celery[redis] >=5 :5 M",
        "own-lib  @git+https://github.com/a/own-lib@v2 :6 M",
        "psycopg2-binary ~=2.9 :9 O",
        "mypy  :10 D",
        "hypothesis ==6.0 :12 D",
        "hypothesis ==6.0 :12 D",
        "pytest >=8 :13 D",
        "attrs <26 :15 M",
    ]


def test_poetry_tables() -> None:
    text = """
    [tool.poetry.dependencies]
    python = "^3.11"
    Django = "^4.2"
    early = "^0.0.3"
    patch = "~1.4"
    star = "1.*"
    any = "*"
    exact = "1.2.3"
    celery = {version = "^5.3", extras = ["redis"]}
    win = {version = "^1", markers = "sys_platform == 'win32'"}
    optional = {version = ">=2", optional = true}
    own = {git = "https://github.com/a/own.git", branch = "main"}
    here = {path = "../here"}
    several = [{version = "<2", python = "<3.12"}, {version = "^2", python = ">=3.12"}]
    [tool.poetry.group.dev.dependencies]
    black = "^24"
    [tool.poetry.group.worker.dependencies]
    kombu = "^5"
    """
    assert pins_of("pyproject.toml", text) == [
        "Django <5.0,>=4.2 :3 M",
        "early <0.0.4,>=0.0.3 :4 M",
        "patch <1.5,>=1.4 :5 M",
        "star ==1.* :6 M",
        "any  :7 M",
        "exact ==1.2.3 :8 M",
        "celery[redis] <6.0,>=5.3 :9 M",
        "optional >=2 :11 O",
        "own  @git+https://github.com/a/own.git@main :12 M",
        "here  @../here :13 M",
        "several <3,>=2 :14 M",
        "black <25,>=24 :16 D",
        "kombu <6,>=5 :18 M",
    ]


def test_a_union_of_ranges_is_any_version_and_told() -> None:
    text = "[tool.poetry.dependencies]\na = {version = '<1 || >2', extras = ['x']}\n"
    found = reader_for("pyproject.toml")(PinFile("pyproject.toml", text), TargetEnvironment())
    assert [shown(pin) for pin in found.pins] == ["a[x]  :2 M"]
    assert len(found.problems) == 1


def test_setup_cfg() -> None:
    text = """
    [metadata]
    name = shop
    [options]
    install_requires =
        Flask>=2  # web
        colorama; sys_platform == "win32"
    tests_require = pytest
    [options.extras_require]
    mysql = mysqlclient>=2
    docs =
        sphinx
    """
    assert pins_of("setup.cfg", text) == [
        "Flask >=2 :5 M",
        "pytest  :7 D",
        "mysqlclient >=2 :9 O",
        "sphinx  :11 D",
    ]


def test_setup_script() -> None:
    text = """
    import os
    from setuptools import find_packages, setup

    open("ran", "w")
    BASE = ["Flask>=2", "attrs"]
    EXTRAS = {"mysql": ["mysqlclient>=2"], "dev": BASE + ["pytest"]}
    setup(
        name="shop",
        install_requires=BASE + list(("requests==2.31",)) + '''
            six>=1
        '''.splitlines(),
        extras_require=EXTRAS,
        **dict(tests_require="nose"),
    )
    """
    assert pins_of("setup.py", text) == [
        "Flask >=2 :5 M",
        "attrs  :5 M",
        "requests ==2.31 :9 M",
        "six >=1 :10 M",
        "mysqlclient >=2 :6 O",
        "Flask >=2 :5 D",
        "attrs  :5 D",
        "pytest  :6 D",
        "nose  :13 D",
    ]
    assert not Path("ran").exists()


def test_pipfile() -> None:
    text = """
    [[source]]
    url = "https://user:secret@example.invalid/simple"
    [packages]
    flask = "*"
    requests = {version = ">=2", extras = ["socks"]}
    own = {git = "https://github.com/a/own.git", ref = "abc"}
    pywin32 = {version = "*", sys_platform = "== 'win32'"}
    [dev-packages]
    pytest = "==8.0"
    [requires]
    python_version = "3.11"
    """
    assert pins_of("Pipfile", text) == [
        "flask  :4 M",
        "requests[socks] >=2 :5 M",
        "own  @git+https://github.com/a/own.git@abc :6 M",
        "pytest ==8.0 :9 D",
    ]


def test_pipfile_lock() -> None:
    text = """
    {
        "_meta": {"requires": {"python_version": "3.11"}},
        "default": {
            "flask": {
                "hashes": [],
                "markers": "python_version >= '3.8'",
                "version": "==3.0.3"
            },
            "colorama": {"markers": "sys_platform == 'win32'", "version": "==0.4.6"},
            "own": {"git": "https://github.com/a/own.git", "ref": "abc"},
            "shop": {"editable": true, "path": "."}
        },
        "develop": {"pytest": {"version": "==8.0"}}
    }
    """
    assert pins_of("Pipfile.lock", text) == [
        "flask ==3.0.3 :4 M",
        "own  @git+https://github.com/a/own.git@abc :10 M",
        "pytest ==8.0 :13 D",
    ]


def test_uv_lock() -> None:
    text = """
    version = 1
    requires-python = ">=3.11"

    [[package]]
    name = "shop"
    version = "1.0"
    source = { editable = "." }

    [[package]]
    name = "numpy"
    version = "1.26.4"
    source = { registry = "https://pypi.org/simple" }
    resolution-markers = ["python_full_version < '3.12'"]

    [[package]]
    name = "numpy"
    version = "2.2.0"
    source = { registry = "https://pypi.org/simple" }
    resolution-markers = ["python_full_version >= '3.12'", "sys_platform == 'win32'"]

    [[package]]
    name = "own"
    version = "0.1"
    source = { git = "https://github.com/a/own?tag=v1#0123abc" }

    [[package]]
    name = "beside"
    version = "0.1"
    source = { directory = "libs/beside" }
    """
    assert pins_of("uv.lock", text) == [
        "numpy ==2.2.0 :15 M",
        "own  @git+https://github.com/a/own@0123abc :21 M",
        "beside  @libs/beside :26 M",
    ]


def test_poetry_lock() -> None:
    text = """
    [[package]]
    name = "django"
    version = "4.2.11"
    optional = false
    python-versions = ">=3.8"
    groups = ["main"]

    [[package]]
    name = "colorama"
    version = "0.4.6"
    optional = false
    python-versions = "*"
    groups = ["main", "dev"]
    markers = {main = "sys_platform == 'win32'", dev = "platform_system == 'Windows'"}

    [[package]]
    name = "pytest"
    version = "8.0"
    optional = false
    groups = ["dev"]

    [[package]]
    name = "mysqlclient"
    version = "2.2"
    optional = true
    groups = ["main"]

    [[package]]
    name = "old"
    version = "1.0"
    category = "dev"

    [[package]]
    name = "own"
    version = "0.1"
    [package.source]
    type = "git"
    url = "https://github.com/a/own.git"
    reference = "main"
    resolved_reference = "0123abc"
    """
    assert pins_of("poetry.lock", text) == [
        "django ==4.2.11 :1 M",
        "pytest ==8.0 :16 D",
        "mysqlclient ==2.2 :22 O",
        "old ==1.0 :28 D",
        "own  @git+https://github.com/a/own.git@0123abc :33 M",
    ]


def test_pdm_lock() -> None:
    text = """
    [metadata]
    groups = ["default", "dev"]

    [[package]]
    name = "celery"
    version = "5.4.0"
    extras = ["redis"]
    requires_python = ">=3.8"
    groups = ["default"]

    [[package]]
    name = "tomli"
    version = "2.0"
    groups = ["default"]
    marker = "python_version < '3.11'"

    [[package]]
    name = "pytest"
    version = "8.0"
    groups = ["dev"]

    [[package]]
    name = "own"
    version = "0.1"
    git = "https://github.com/a/own.git"
    ref = "main"
    revision = "0123abc"
    groups = ["default"]
    """
    assert pins_of("pdm.lock", text) == [
        "celery[redis] ==5.4.0 :4 M",
        "pytest ==8.0 :17 D",
        "own  @git+https://github.com/a/own.git@0123abc :22 M",
    ]


def test_pylock() -> None:
    text = """
    lock-version = "1.0"
    created-by = "a test"

    [[packages]]
    name = "attrs"
    version = "25.1.0"
    [[packages.wheels]]
    name = "attrs-25.1.0-py3-none-any.whl"
    url = "https://files.example/attrs-25.1.0-py3-none-any.whl"
    hashes = {sha256 = "c75a69e2"}

    [[packages]]
    name = "colorama"
    version = "0.4.6"
    marker = "sys_platform == 'win32'"
    [packages.sdist]
    name = "colorama-0.4.6.tar.gz"
    url = "https://files.example/colorama-0.4.6.tar.gz"
    hashes = {sha256 = "c75a69e2"}

    [[packages]]
    name = "pytest"
    version = "8.0"
    marker = "'test' in dependency_groups"
    [packages.sdist]
    name = "pytest-8.0.tar.gz"
    url = "https://files.example/pytest-8.0.tar.gz"
    hashes = {sha256 = "c75a69e2"}

    [[packages]]
    name = "own"
    [packages.vcs]
    type = "git"
    url = "https://github.com/a/own.git"
    commit-id = "0123abc"
    """
    assert pins_of("pylock.toml", text) == [
        "attrs ==25.1.0 :4 M",
        "pytest ==8.0 :21 O",
        "own  @git+https://github.com/a/own.git@0123abc :30 M",
    ]
    assert reader_for("pylock.web.toml") is reader_for("pylock.toml")


def test_metadata_of_a_monolith_that_is_a_wheel() -> None:
    text = """
    Metadata-Version: 2.1
    Name: shop
    Requires-Dist: Django[bcrypt]<5,>=4.2
    Requires-Dist: tomli; python_version < "3.11"
    Requires-Dist: psycopg2-binary>=2.9; extra == "postgres"
    Requires-Dist: pytest; extra == "dev"
    Provides-Extra: postgres
    Provides-Extra: dev

    Requires-Dist: in-the-description
    """
    assert pins_of("PKG-INFO", text) == [
        "Django[bcrypt] <5,>=4.2 :3 M",
        "psycopg2-binary >=2.9 :5 O",
        "pytest  :6 D",
    ]


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("requirements.txt", "Flask==3\nFlask=>4\n", 2, "is not a requirement: 'Flask=>4'"),
        ("requirements.txt", "a @ https://user:secret@\x00 ;;\n", 1, "is not a requirement: an address"),
        ("requirements.txt", "git+https://host/\n", 1, "has no name"),
        ("pyproject.toml", "[project]\nname = \n", 2, "is not TOML"),
        ("pyproject.toml", "[project]\ndependencies = 'a'\n", 2, "dependencies is not a list"),
        ("pyproject.toml", "[project]\ndependencies = [\n  'a b c',\n]\n", 3, "is not a requirement: 'a b c'"),
        ("pyproject.toml", "[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'a'}]\n", 1, "group a: "),
        ("pyproject.toml", "[tool.poetry.dependencies]\na = 'one two'\n", 2, "a: Could not parse"),
        ("pyproject.toml", "[tool.poetry.dependencies]\na = 7\n", 2, "a: neither a constraint nor a table"),
        ("pyproject.toml", "[tool.poetry.dependencies]\na = '<1 || >2'\n", 2, "both sides of a gap"),
        ("setup.cfg", "[options\n", 1, "is not an INI file"),
        ("setup.cfg", "[options]\ninstall_requires =\n  a b\n", 3, "is not a requirement: 'a b'"),
        ("setup.py", "def (:\n", 1, "is not Python"),
        ("setup.py", "from setuptools import setup\nsetup(\n  install_requires=read(),\n)\n", 3, "is computed here"),
        ("setup.py", "A = ['a']\nA = ['b']\nsetup(install_requires=A)\n", 3, "is computed here"),
        ("Pipfile", "[packages\n", 1, "is not TOML"),
        ("Pipfile", "[packages]\na = 1\n", 2, "a: neither a version nor a table"),
        ("Pipfile.lock", '{\n"default": {\n', 3, "is not JSON"),
        ("Pipfile.lock", "[]", 1, "is not a JSON object"),
        ("uv.lock", "\n[[package]]\nname = 'a'\nversion = 'x y'\n", 2, "a has no version that can be read"),
        ("uv.lock", "[[package]]\nname = 'a'\nversion = '1'\nresolution-markers = ['what']\n", 1, "a has a marker"),
        ("pylock.toml", "lock-version = '1.0'\n", 1, "is not a lock file"),
        ("PKG-INFO", "Name: a\nRequires-Dist: a b\n", 2, "is not a requirement: 'a b'"),
    ],
)  # fmt: skip
def test_a_broken_file_is_a_problem_with_its_place(name: str, text: str, line: int, message: str) -> None:
    found = reader_for(name)(PinFile(name, text), TargetEnvironment())
    assert [(problem.place.path, problem.place.line) for problem in found.problems][:1] == [(name, line)]
    assert message in found.problems[0].message
    assert "secret" not in repr(found.problems)


WORDS = """[ ] [[ ]] = " ' { } , ; @ >= == ^1 || * a b \\ -r -e -c # ## 7 1.0 é [package] [[package]] [packages] [options]
[tool.poetry.dependencies] [dependency-groups] [project] install_requires setup( version name marker dependencies true
git://host https://u:p@h/ git+ssh://[h Requires-Dist:"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n", "\x00"])


@pytest.mark.parametrize("pattern", sorted(SOURCES))
@given(pieces=st.lists(PIECES, max_size=25))
def test_no_text_brings_a_reader_down(pattern: str, pieces: list[str]) -> None:
    SOURCES[pattern](PinFile(pattern, " ".join(pieces)), TargetEnvironment())


# -- which files are read


def found_in(root: Path, files: dict[str, str], *paths: str) -> Pins:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return read_pins(root / "root", paths or ("app/views.py",), TargetEnvironment())


def places(pins: Pins, name: str = "a") -> list[str]:
    return [f"{pin.place.path}:{pin.place.line}" for pin in pins.by_name.get(name, ())]  # type: ignore[call-overload]


def test_the_nearest_project_speaks_first(tmp_path: Path) -> None:
    files = {
        "root/requirements.txt": "a==1\n",
        "root/services/web/requirements.txt": "a==2\n",
        "root/services/other/requirements.txt": "a==3\n",
    }
    assert places(found_in(tmp_path, files, "services/web/app/views.py")) == [
        "services/web/requirements.txt:1",
        "requirements.txt:1",
    ]


def test_files_that_name_each_other_are_read_once_and_as_what_they_are_named(tmp_path: Path) -> None:
    files = {
        "root/requirements.txt": "-r deps/base.txt\n-c deps/limits\n-r https://host/x.txt\n-r lost.txt\n-r ../../out.txt\n",
        "root/deps/base.txt": "-r ../requirements.txt\na>=1\n",
        "root/deps/limits": "a<2\n",
        "out.txt": "a==9\n",
    }
    pins = found_in(tmp_path, files)
    assert [(pin.place.path, pin.kind) for pin in pins.by_name["a"]] == [  # type: ignore[index]
        ("deps/base.txt", Kind.REQUIREMENT),
        ("deps/limits", Kind.CONSTRAINT),
    ]
    assert [(str(problem.place), problem.message) for problem in pins.problems] == [
        ("requirements.txt:3:1", "names a file on the network, which is not fetched"),
        ("requirements.txt:4:1", "lost.txt is not there"),
        ("requirements.txt:5:1", "../../out.txt lies outside of the monolith"),
    ]


def test_above_the_root_the_repository_is_the_bound(tmp_path: Path) -> None:
    files = {"requirements.txt": "a==0\n", "repo/requirements.txt": "a==1\n", "repo/src/root/app/views.py": ""}
    outside = {**files, "repo/src/root/x": ""}
    for path, text in outside.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    root = tmp_path / "repo" / "src" / "root"
    assert places(read_pins(root, ["app/views.py"], TargetEnvironment())) == []
    (tmp_path / "repo" / ".git").mkdir()
    assert places(read_pins(root, ["app/views.py"], TargetEnvironment())) == ["../../requirements.txt:1"]


def test_a_workspace_above_has_the_lock(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "",
        "pyproject.toml": "[tool.uv.workspace]\nmembers = ['root']\n",
        "uv.lock": "[[package]]\nname = 'a'\nversion = '1'\n",
        "root/pyproject.toml": "[project]\nname = 'root'\ndependencies = ['a>=1']\n",
    }
    assert places(found_in(tmp_path, files)) == ["pyproject.toml:3", "../uv.lock:1"]


@pytest.mark.parametrize("root", ["root", ""])
def test_the_metadata_beside_an_unpacked_wheel(root: str, tmp_path: Path) -> None:
    files = {
        "root/app.py": "",
        "root-1.dist-info/METADATA": "Name: root\nRequires-Dist: a>=1\n",
        "root-1.dist-info/RECORD": "root/app.py,,\n",
        "other-1.dist-info/METADATA": "Name: other\nRequires-Dist: a>=2\n",
        "other-1.dist-info/RECORD": "other/app.py,,\n",
    }
    found_in(tmp_path, files)
    path = "app.py" if root else "root/app.py"
    pins = read_pins(tmp_path / root, [path], TargetEnvironment())
    assert [pin.place.path.removeprefix("../") for pin in pins.by_name["a"]] == ["root-1.dist-info/METADATA"]  # type: ignore[index]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_that_tools_write(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "requirements.txt").write_bytes("a==1  # für\r\n".encode(encoding))
    assert places(read_pins(tmp_path / "root", ["app.py"], TargetEnvironment())) == ["requirements.txt:1"]


def test_a_file_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    files = {"root/requirements.txt": "a==1\n"}
    found_in(tmp_path, files)
    path = tmp_path / "root" / "requirements.txt"
    path.unlink()
    path.symlink_to(path)
    assert places(read_pins(tmp_path / "root", ["app.py"], TargetEnvironment())) == []
