"""Files that a router.yaml includes: one list of routes, each mistake in its own file, and nothing from outside."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from migrator.errors import InputError
from migrator.router import RouterConfig, RouterError, fragment_yaml, load_router, parse_router, to_yaml
from migrator.router import files as router_files
from migrator.router.edit import edit_files, set_weights, take_out
from migrator.router.files import RouterFiles, RouterText, Watched, read_files
from migrator.router.including import MAX_FILES, included, includes
from migrator.router.load import parse_files
from tests.router.test_write import configs

MAIN = """\
# Who may touch this: the platform team.
version: 1
include: ["routes/*.yaml"]
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
seam: {weights: seam.json}
legacy: {url: http://127.0.0.1:8000}
"""


def http(name: str, path: str = "", weight: float = 0, more: str = "") -> str:
    return (
        f"  - name: {name}\n    match: {{http: {{path: {path or f'/{name}'}}}}}\n"
        f"    canary: {{lambda: {name}, url: 'http://127.0.0.1:9000'}}\n    weight: {weight:g}   # by hand\n{more}"
    )


def fragment(*routes: str) -> str:
    return "version: 1\nroutes:\n" + "".join(routes)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder / "router.yaml"


def mistakes(path: Path) -> list[str]:
    with pytest.raises(RouterError) as caught:
        load_router(path)
    return [line.removeprefix(f"{path.parent}/") for line in caught.value.lines]


def names(config: RouterConfig) -> list[str]:
    return [entry.name for entry in config.entries]


def test_all_routes_are_one_list_the_main_file_first_then_by_path(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "router.yaml": MAIN + "routes:\n" + http("own"),
            "routes/b.yaml": fragment(http("b")),
            "routes/a.yaml": fragment(http("a2"), http("a1")),
            "routes/.a.yaml.swp": "no YAML: [",
            "routes/old/c.yaml": fragment(http("c")),
            "routes/notes.txt": "nothing",
        },
    )
    config = load_router(path)
    assert names(config) == ["own", "a2", "a1", "b"]
    assert config.included == (str(tmp_path / "routes/a.yaml"), str(tmp_path / "routes/b.yaml"))
    whole = parse_router(MAIN + "routes:\n" + http("own") + http("a2") + http("a1") + http("b"))
    assert config == whole


def test_without_a_file_that_it_leads_to_a_pattern_is_good_and_a_name_is_not(tmp_path: Path) -> None:
    path = write(tmp_path, {"router.yaml": MAIN})
    assert names(load_router(path)) == []
    path.write_text(MAIN.replace("routes/*.yaml", "routes/tax.yaml"))
    assert mistakes(path) == [
        "router.yaml:3:11: include[0]: there is no such file; a pattern may lead to none: routes/*.yaml"
    ]


def test_a_file_without_routes_has_to_include_some(tmp_path: Path) -> None:
    path = write(tmp_path, {"router.yaml": MAIN.replace('include: ["routes/*.yaml"]\n', "")})
    assert mistakes(path) == ["router.yaml:2:1: routes: is missing"]


def test_every_mistake_stands_in_its_own_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "router.yaml": MAIN + "routes:\n" + http("own", weight=101),
            "routes/a.yaml": fragment(http("a"), http("own")) + "legacy: {url: http://127.0.0.1:1}\nrouts: 1\n",
            "routes/b.yaml": fragment(http("b", "/a", more="    not_above: [nobody]\n")),
            "routes/c.yaml": "",
            "routes/d.yaml": "- 1\n",
        },
    )
    assert mistakes(path) == [
        "router.yaml:11:13: routes[0].weight: a weight lies between 0 and 100, found 101",
        "routes/a.yaml:11:1: legacy: legacy is said in the file that includes this one; here are routes only",
        "routes/a.yaml:12:1: routs: no such key; the keys here are version, routes",
        "routes/c.yaml:1:1: the file is empty",
        "routes/d.yaml:1:1: expected a mapping with the keys version and routes, found a list",
    ]


def test_the_rules_between_keys_hold_over_all_files_and_name_the_other_one(tmp_path: Path) -> None:
    more = "    not_above: [nobody]\n"
    path = write(
        tmp_path,
        {
            "router.yaml": MAIN + "routes:\n" + http("own"),
            "routes/a.yaml": fragment(http("a"), http("own", "/other")),
            "routes/b.yaml": fragment(http("b", "/a", more=more)),
            "routes/c.yaml": fragment(http("c"), http("c", "/d")),
        },
    )
    a = tmp_path / "routes/a.yaml"
    methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    assert mistakes(path) == [
        f"routes/a.yaml:7:11: routes[1].name: 'own' is also the name of the route on line 8 of {path}",
        (
            f"routes/b.yaml:4:19: routes[0].match.http: {methods} /a is also matched by route 'a' on line 4 of {a}; "
            "narrow one of them by methods, hosts, path or segment"
        ),
        "routes/b.yaml:7:17: routes[0].not_above[0]: there is no route 'nobody'",
        "routes/c.yaml:7:11: routes[1].name: 'c' is also the name of the route on line 3",
    ]


def test_what_a_route_of_another_file_lacks_is_to_be_mended_in_the_main_one(tmp_path: Path) -> None:
    main = MAIN.replace("legacy: {url: http://127.0.0.1:8000}\n", "")
    path = write(tmp_path, {"router.yaml": main, "routes/a.yaml": fragment(http("a"))})
    assert mistakes(path) == [f"routes/a.yaml:3:5: routes[0]: legacy is missing, here or at the top of {path}"]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("/etc/*.yaml", "no leading slash and no .."),
        ("../*.yaml", "no leading slash and no .."),
        ("routes/../../*.yaml", "no leading slash and no .."),
        ("routes/**", "** is not known here"),
        ("routes//a.yaml", "between single slashes"),
        ("routes\\\\*", "between single slashes"),
        ("*.yaml", "router.yaml is this file itself"),
    ],
)
def test_a_pattern_that_leads_elsewhere_is_a_mistake(tmp_path: Path, pattern: str, told: str) -> None:
    path = write(
        tmp_path / "in", {"router.yaml": MAIN.replace("routes/*.yaml", pattern), "../a.yaml": fragment(http("out"))}
    )
    (line,) = mistakes(path)
    assert line.startswith("router.yaml:3:11: include[0]: ") and told in line


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(fragment(http("secret")))
    path = write(tmp_path / "in", {"router.yaml": MAIN, "kept/a.yaml": fragment(http("a"))})
    (path.parent / "routes").symlink_to("kept")
    assert names(load_router(path)) == ["a"]
    (path.parent / "kept/b.yaml").symlink_to(secret)
    (line,) = mistakes(path)
    assert line == "router.yaml:3:11: include[0]: routes/b.yaml leads out of the folder of this file by a link"
    (path.parent / "kept/b.yaml").unlink()
    (path.parent / "kept/b.yaml").symlink_to("nowhere")
    assert mistakes(path)[0].endswith("routes/b.yaml cannot be read: No such file or directory")
    (path.parent / "kept/b.yaml").unlink()
    os.mkfifo(path.parent / "kept/b.yaml")
    assert mistakes(path)[0].endswith("routes/b.yaml is no regular file")


def test_a_folder_that_cannot_be_listed_is_not_one_without_routes(tmp_path: Path) -> None:
    path = write(tmp_path, {"router.yaml": MAIN})
    (tmp_path / "routes").symlink_to("routes")
    (line,) = mistakes(path)
    assert "routes cannot be listed" in line


def test_files_are_not_without_number_or_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"router.yaml": MAIN, "routes/a.yaml": fragment(http("a")), "routes/b.yaml": "# big\n"})
    monkeypatch.setattr(router_files, "MAX_BYTES", len(MAIN) + len(fragment(http("a"))) + 1)
    assert any(line.startswith("routes/b.yaml:1:1: with what is read before it larger") for line in mistakes(path))
    monkeypatch.undo()
    (tmp_path / "routes/b.yaml").write_bytes(b"version: 1\n# \xff\n")
    assert mistakes(path) == ["routes/b.yaml:2:3: not UTF-8: byte 0xff; save the file as UTF-8"]
    for number in range(MAX_FILES + 1):
        (tmp_path / f"routes/{number}.yaml").touch()
    assert "more than 2,000 files" in included(path, ("routes/*.yaml",)).refused[0][1]


@pytest.mark.parametrize(
    ("pattern", "name", "told"),
    [
        ("routes/*.yaml", "routes/a.yaml", True),
        ("./routes/*.yaml", "routes/a.yaml", True),
        ("routes/*.yaml", "routes/x/a.yaml", False),
        ("routes/*", "routes/.a.yaml", False),
        ("routes/a.yaml", "routes/a.yaml", True),
        ("*/*.yml", "routes/a.yaml", False),
    ],
)
def test_a_name_is_matched_as_the_file_would_be(tmp_path: Path, pattern: str, name: str, told: bool) -> None:
    assert includes([pattern], name) is told
    path = write(tmp_path, {"router.yaml": MAIN, name: fragment()})
    assert (included(path, (pattern,)).names == (name,)) is told


def test_a_weight_and_a_route_are_changed_in_the_file_that_has_them(tmp_path: Path) -> None:
    texts = {
        "router.yaml": MAIN + "routes:\n" + http("own"),
        "routes/a.yaml": fragment(http("a"), "  # the second\n" + http("a2")),
        "routes/b.yaml": fragment(http("b")),
    }
    path = write(tmp_path, texts)
    (tmp_path / "routes/a.yaml").write_bytes(codecs.BOM_UTF8 + texts["routes/a.yaml"].encode())
    done = edit_files(path, lambda files: set_weights(files, {"a2": 12.5, "own": 3}))
    assert done == (str(path), str(tmp_path / "routes/a.yaml"))
    changed = http("a2", weight=12.5)
    assert path.read_text() == MAIN + "routes:\n" + http("own", weight=3)
    expected = texts["routes/a.yaml"].replace(http("a2"), changed)
    assert (tmp_path / "routes/a.yaml").read_bytes() == codecs.BOM_UTF8 + expected.encode()
    assert (tmp_path / "routes/b.yaml").read_text() == texts["routes/b.yaml"]

    assert edit_files(path, lambda files: take_out(files, "a")) == (str(tmp_path / "routes/a.yaml"),)
    assert (tmp_path / "routes/a.yaml").read_text("utf-8-sig") == fragment("  # the second\n" + changed)
    edit_files(path, lambda files: take_out(files, "b"))
    assert (tmp_path / "routes/b.yaml").read_text() == "version: 1\nroutes:\n  []\n"
    assert names(load_router(path)) == ["own", "a2"]


def test_a_change_that_would_leave_a_mistake_in_any_file_is_refused(tmp_path: Path) -> None:
    waits = http("b", more="    not_above: [a]\n")
    path = write(
        tmp_path, {"router.yaml": MAIN, "routes/a.yaml": fragment(http("a")), "routes/b.yaml": fragment(waits)}
    )
    before = read_files(path)
    with pytest.raises(InputError, match=r"routes/b\.yaml.* is above the 0 of a"):
        edit_files(path, lambda files: set_weights(files, {"b": 5}))
    with pytest.raises(InputError, match="there is no route 'c'"):
        take_out(before, "c")
    with pytest.raises(InputError, match="without changing something else"):
        take_out(before, "a")  # b asks for it
    assert read_files(path) == before


def test_a_write_that_fails_puts_the_others_back(tmp_path: Path) -> None:
    path = write(
        tmp_path, {"router.yaml": MAIN, "routes/a.yaml": fragment(http("a")), "routes/b.yaml": fragment(http("b"))}
    )
    before = (tmp_path / "routes/a.yaml").read_bytes()

    def change(files: router_files.RouterFiles) -> router_files.RouterFiles:
        made = set_weights(files, {"a": 5, "b": 5})
        (tmp_path / "routes/b.yaml").unlink()
        return made

    with pytest.raises(OSError, match=r"b\.yaml"):
        edit_files(path, change)
    assert (tmp_path / "routes/a.yaml").read_bytes() == before


def test_whoever_watches_sees_every_change_of_every_file(tmp_path: Path) -> None:
    path = write(tmp_path, {"router.yaml": MAIN, "routes/a.yaml": fragment(http("a"))})
    watched = Watched(path)
    seen = [watched.print()]
    assert watched.print() == seen[0] == Watched(path).print()
    a, b = tmp_path / "routes/a.yaml", tmp_path / "routes/b.yaml"

    def changed() -> None:
        assert watched.print() not in seen
        seen.append(watched.print())

    a.write_text(fragment(http("a", weight=1)))
    changed()
    b.write_text(fragment(http("b")))
    changed()
    b.rename(tmp_path / "routes/c.yaml")
    changed()
    (tmp_path / "routes/c.yaml").unlink()
    a.unlink()
    changed()
    path.write_text(MAIN.replace("routes/*.yaml", "other/*.yaml"))
    changed()
    write(tmp_path, {"other/x.yaml": fragment(http("x"))})
    changed()
    path.write_text("include: [")
    changed()
    path.unlink()
    assert watched.print() == ""


@given(configs())
def test_a_route_a_file_says_what_one_file_says(config: RouterConfig) -> None:
    main = RouterText("router.yaml", to_yaml(replace(config, routes=()), include=["routes/*.yaml"]))
    apart = tuple(
        RouterText(f"routes/{number:04}.yaml", fragment_yaml(replace(config, routes=(entry,)), legacy_named=False))
        for number, entry in enumerate(config.routes)
    )
    assert parse_files(RouterFiles(main, apart)) == config
