"""`migrator.toml`: what is read, which setting wins, and where each mistake stands."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.config import ConfigError, configuration, json_schema, parse_config
from migrator.config.toml_places import read_places
from migrator.domain.effects import Effect
from migrator.domain.overrides import OverrideKind
from migrator.domain.services import CircuitBreaker, SecretStore, ServiceChoices
from migrator.errors import InputError

WHOLE = """\
# of the shop
[source]
roots = ["src", "lib"]
exclude = ["legacy_*", "vendor"]
settings_module = "shop.settings"

[effects]
knowledge = ["own.toml"]

[[effects.override]]
function = "shop.orders.place"
allow = ["memoize", "local-disk-read"]
effect = [
  "database",  # through a stored procedure
]
reason = "the table is written once"

[generate]
secrets = "secrets-manager"
hoist_clients = false

[[generate.circuit_breaker]]
host = "api.example.com"
recovery_seconds = 60

[[effects.library]]
modules = ["acme"]
entry = [{names = ["acme.send"], effects = ["email"], reason = "sends mail"}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("src", "lib"):
        (tmp_path / folder).mkdir()
    (tmp_path / "own.toml").write_text('modules = ["x"]\n')
    return tmp_path


def test_a_whole_file(root: Path) -> None:
    (root / "migrator.toml").write_text(WHOLE)
    found = configuration(root, knowledge=[Path("flag.toml")], environment={})
    assert found.roots == ("src", "lib")
    assert found.exclude == ("legacy_*", "vendor")
    assert found.settings_module == "shop.settings"
    assert found.knowledge == (root / "own.toml", Path("flag.toml"))
    assert found.libraries[0].modules == ("acme",)
    breakers = (CircuitBreaker("api.example.com", failures=5, recovery_s=60),)
    assert found.service == ServiceChoices(SecretStore.SECRETS_MANAGER, hoist=False, breakers=breakers)
    stated = [(item.override.kind, item.override.effect, str(item.override.location)) for item in found.stated]
    assert stated == [
        (OverrideKind.ALLOW, Effect.MEMOIZE, "migrator.toml:12:10"),
        (OverrideKind.ALLOW, Effect.LOCAL_DISK_READ, "migrator.toml:12:21"),
        (OverrideKind.EFFECT, Effect.DATABASE, "migrator.toml:14:3"),
    ]
    assert {item.override.reason for item in found.stated} == {"the table is written once"}


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    found = configuration(tmp_path, environment={})
    assert (found.path, found.roots, found.stated) == (None, (), ())
    assert set(found.origins.values()) == {"default"}


def test_flag_over_environment_over_file_over_default(root: Path, tmp_path: Path) -> None:
    (root / "migrator.toml").write_text('[source]\nroots = ["src"]\nexclude = ["a"]\n')
    other = tmp_path / "other.toml"
    other.write_text('[source]\nexclude = ["b"]\n')
    found = configuration(root, environment={"MIGRATOR_ROOTS": "lib:src", "MIGRATOR_EXCLUDE": ""})
    assert (found.roots, found.exclude) == (("lib", "src"), ("a",))
    assert (found.origins["roots"], found.origins["exclude"], found.origins["settings_module"]) == (
        "environment",
        "file",
        "default",
    )
    assert configuration(root, environment={"MIGRATOR_CONFIG": str(other)}).exclude == ("b",)
    by_flag = configuration(root, config=root / "migrator.toml", environment={"MIGRATOR_CONFIG": str(other)})
    assert (by_flag.exclude, by_flag.origins["config"]) == (("a",), "flag")


MISTAKES = [
    ("[source]\nrots = []\n", "2:1: source.rots: no such key; did you mean roots?"),
    ("[sauce]\n", "1:1: sauce: no such key; did you mean source?"),
    ("[source]\nroots = 'src'\n", "2:9: source.roots: expected a valid tuple"),
    ("[source]\nroots = ['/etc']\n", "2:9: source.roots: '/etc' is not below the monolith"),
    ("[source]\nexclude = ['a', 1]\n", "2:17: source.exclude[1]: expected a valid string"),
    ("[source]\nsettings_module = 'a b'\n", "2:19: source.settings_module: 'a b' is not a dotted name"),
    ("[[effects.override]]\nfunction = 'f'\nallow = ['memoise']\nreason = 'x'\n", "3:10: effects.override[0].allow[0]: 'memoise' is not known; did you mean memoize?"),
    ("[[effects.override]]\nfunction = 'f'\nallow = ['memoize']\n", "1:1: effects.override[0].reason: is missing"),
    ("[[effects.override]]\nfunction = 'f'\nreason = 'x'\n", "1:1: effects.override[0]: says nothing: state allow or effect"),
    ("[[effects.override]]\nfunction = 'f'\nallow = ['cache']\nreason = '  '\n", "1:1: effects.override[0]: the reason is empty"),
    ("[effects]\noverride = [{function = 'f', allow = ['cache'], raeson = 'x'}]\n", "2:49: effects.override[0].raeson: no such key; did you mean reason?"),
    ("[[effects.library]]\nmodules = ['a']\n[[effects.library.entry]]\nnames = ['b.c']\npure = true\n", "1:1: effects.library[0]: b.c lies in none of the file's modules"),
    ("x = \n", "1:5: not TOML: Invalid value"),
    ("[source\n", "1:8: not TOML"),
    ("a = 1\na = 2\n", "2:6: not TOML: Cannot overwrite a value"),
    ("a = '", "1:1: not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), MISTAKES)
def test_each_mistake_has_its_place(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text)
    assert f"migrator.toml:{says}" in str(error.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse_config("[source]\nrots = []\nexclude = 3\n\n[effects]\nknowledge = [1]\n[else]\n")
    assert str(error.value).count("\nmigrator.toml:") == 4
    assert error.value.exit_code == 3
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[source]\nroots = ['nowhere']\n", "migrator.toml:2:10: source.roots[0]: 'nowhere' is not a folder"),
        (b"[effects]\nknowledge = ['no.toml']\n", "migrator.toml:2:14: effects.knowledge[0]: 'no.toml' is not a file"),
        (b"[source]\n# \xc3\xa9\xe9\n", "migrator.toml:2:4: not UTF-8: byte 0xe9"),
    ],
)
def test_what_only_the_disk_knows(root: Path, content: bytes, says: str) -> None:
    (root / "migrator.toml").write_bytes(content)
    with pytest.raises(ConfigError) as error:
        configuration(root, environment={})
    assert says in str(error.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        configuration(tmp_path, config=tmp_path / "none.toml", environment={})
    assert "migrator init" in error.value.hint


KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", "h.i", 'j."k.l"'])
VALUES = st.recursive(
    st.sampled_from(["1", '"x"', "'''a\n'] [b]\n'''", '"\\"#"', "true", "1979-05-27", '"""\nq"""""', "[ ]"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[ # c ]\n" + ",\n".join(items) + "]")
        | st.lists(inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"k{n} = {x}" for n, x in enumerate(items)) + "}"
        )
    ),
    max_leaves=6,
)
LINES = st.lists(
    st.one_of(
        st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}  # = [x]"),
        KEYS.map(lambda key: f"[t.{key}]"),
        KEYS.map(lambda key: f"[[u.{key}]]"),
    ),
    max_size=8,
)


@given(LINES)
@settings(max_examples=300, deadline=None)
def test_every_value_of_a_document_has_a_place(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    places = read_places(text)

    def check(path: tuple[str | int, ...], value: object) -> None:
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        if not children and path:
            line, column = places.values[path]
            start = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
            written = text[start:]
            assert written[0] in "[{" if isinstance(value, list | dict) else written[0] in "'\"t1", (path, written)
        for key, child in children:
            check((*path, key), child)

    check((), document)


def test_the_schema_knows_every_effect() -> None:
    assert set(json_schema()["$defs"]["Effect"]["enum"]) == {effect.value for effect in Effect}
