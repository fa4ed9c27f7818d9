"""Which values of a line of code a page shows, and which not."""

from __future__ import annotations

import time

import pytest

from migrator.cli.formats.html.masking import masked


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('PASSWORD = "hunter2"', 'PASSWORD = "•••"'),
        ("    api_key='k-1',", "    api_key='•••',"),
        ('DB_PASSWORD: str = "hunter2"', 'DB_PASSWORD: str = "•••"'),
        ('{"secret": "hunter2", "name": "shop"}', '{"secret": "•••", "name": "shop"}'),
        ('os.environ.get("AUTH_TOKEN", "hunter2")', 'os.environ.get("AUTH_TOKEN", "•••")'),
        ('config["SECRET_KEY"] = r"it\'s"', 'config["SECRET_KEY"] = r"•••"'),
        ('connect("postgres://shop:hunter2@db/shop")', 'connect("postgres://shop:•••@db/shop")'),
        ('key = "AKIAABCDEFGHIJKLMNOP"', 'key = "•••"'),
        ('PRIVATE_KEY = """-----BEGIN', 'PRIVATE_KEY = """•••'),
        ("secret = 'begun and", "secret = '•••"),
        ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", "•••"),
        ('auth("ghp_0123456789abcdefghijklmnopqrstuvwxyz")', 'auth("•••")'),
    ],
)
def test_credentials_are_masked(line: str, shown: str) -> None:
    assert masked(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        'requests.post("https://shop.example/pay", json={"name": "x"})',
        "token = settings.TOKEN",
        'name = "password"',
        'if request.method == "POST":',
        "password = get_password()",
        "http://localhost:8000/x@y",
        "from shop.translations.exporters.spreadsheet import TranslationSpreadsheetExporterFactoryForProjects2",
        'path = "shop/Static/2024/pictures/of/products/that/are/large/Thumb1.png"',
    ],
)
def test_all_else_is_shown_as_it_is(line: str) -> None:
    assert masked(line) == line


def test_a_long_line_is_read_once() -> None:
    began = time.process_time()
    for line in (
        "a" * 2_000,
        "a." * 1_000,
        "a = " * 500,
        "'" * 2_000,
        '"password": ' * 200,
        "://a:" * 400,
        "Ab1" * 700,
    ):
        for _ in range(20):
            masked(line)
    assert time.process_time() - began < 1
