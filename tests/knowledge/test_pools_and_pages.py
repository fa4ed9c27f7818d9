"""What the shipped files say of thread pools in `with` statements and of PDF pages."""

from __future__ import annotations

from tests.support.programs import effects_of

POOL = """
from concurrent.futures import ThreadPoolExecutor
import smtplib
def send(to): smtplib.SMTP("localhost").sendmail("a", to, "x")
def waits(people):
    with ThreadPoolExecutor(max_workers=3) as pool:
        return [found.result() for found in [pool.submit(send, to) for to in people]]
def goes_on(people):
    pool = ThreadPoolExecutor(max_workers=3)
    for to in people: pool.submit(send, to)
"""


def test_a_pool_that_is_waited_for_is_no_background_work() -> None:
    assert set(effects_of(POOL, "app.waits")) == {"email"}
    assert set(effects_of(POOL, "app.goes_on")) == {"background", "email"}


def test_pages_are_written_where_a_path_says() -> None:
    source = """
from fpdf import FPDF
class Page(FPDF): ...
def inside():
    page = Page()
    page.add_page()
    return bytes(page.output())
def outside():
    page = Page()
    page.output("/srv/out.pdf")
"""
    assert set(effects_of(source, "app.inside")) == set()
    assert set(effects_of(source, "app.outside")) == {"local-disk-write"}
