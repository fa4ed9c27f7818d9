"""Names and sentences from analyzed code are read in Markdown, and do nothing there.

What GitHub and GitLab make of text beyond CommonMark and tables (mentions, references, bare addresses, quick actions)
they make of text outside of code only, so that is where none of it may be.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from migrator.markdown import cell_code, cell_text, code_block, code_link, inline_code, inline_text, one_line

_HOSTILE = (
    "`x` ``y`` |<b>a</b>|[l](javascript:alert(1))|![i](http://h/x)|**b**|@octocat|#12|!3|~label|%4|$5|GH-26|"
    "http://evil.example/|www.evil.example|a@b.example|/close|\n/assign @me\n# h\n- l\n1. n\n> q\n---\n|\u202e\u2066\x1b[31m|&amp;|"
    ":tada:|deadbeef123|\\@x|<!-- c -->|{{ x }}|$`a`$|[[_TOC_]]|a|b"
)
_texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(re.split(r"\|(?=.)", _HOSTILE, flags=re.DOTALL)), max_size=6).map(" ".join),
    st.text(alphabet="`|\\ *_[]()<>@#!/:-.1aé\n", max_size=24),
)
# What a forge acts on outside of code.
_ALIVE = re.compile(
    r"@|#|!\d|://|\bwww\.|\bGH-\d|:\w+:|[`*_<>\[\]{}$~|&\\]|%\d|[^\s\x20-\x7e\w’–—]|\b[0-9a-f]{7,40}\b", re.IGNORECASE
)


def _parsed(page: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)


def _flat(tokens: list[Token]) -> list[Token]:
    return [part for token in tokens for part in (token, *_flat(token.children or []))]


def _shown(tokens: list[Token]) -> str:
    return "".join(token.content for token in _flat(tokens) if token.type in ("text", "code_inline"))


def _squeezed(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and not char.isspace())


@given(_texts)
@example("``")
@example(" a ")
@example("")
def test_code_shows_the_text_as_one_span(text: str) -> None:
    (opened, inline, closed) = _parsed(f"- {inline_code(text)}")[2:5]

    assert (opened.type, closed.type) == ("paragraph_open", "paragraph_close")
    assert [token.type for token in inline.children or []] == ["code_inline"]
    shown = "".join(char if char.isprintable() else " " for char in text)
    assert (inline.children or [])[0].content == (shown or " ")


@given(_texts)
@example("1. one")
@example("- one")
@example("/close")
@example("user@host.example asks www.host.example, see GH-26 and deadbeef123")
def test_a_sentence_shows_its_words_and_nothing_is_markup(text: str) -> None:
    tokens = _parsed(inline_text(text))

    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {token.type for token in _flat(tokens)} <= {
        "paragraph_open", "inline", "paragraph_close", "text", "code_inline"
    }  # fmt: skip
    assert _squeezed(_shown(tokens)) == _squeezed(text)
    outside = " ".join(token.content for token in _flat(tokens) if token.type == "text")
    assert not _ALIVE.search(outside), outside
    assert not outside.startswith("/")


@given(_texts, _texts)
def test_a_row_of_a_table_keeps_its_cells(first: str, second: str) -> None:
    page = f"| a | b |\n|---|---|\n| {cell_code(first)} | {cell_text(second)} |\n\nafter"
    tokens = _parsed(page)

    cells = [tokens[number + 1] for number, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 2
    assert _squeezed(_shown([cells[0]])) == _squeezed(first)
    assert _squeezed(_shown([cells[1]])) == _squeezed(second)


@given(_texts, _texts)
@example("f", "https://h.example/a b)c|d")
def test_a_link_leads_where_it_was_made_for(text: str, tail: str) -> None:
    tokens = _flat(_parsed(f"- {code_link(text, f'https://forge.example/{tail}')} after"))

    links = [token for token in tokens if token.type == "link_open"]
    assert [str(link.attrs["href"]).startswith("https://forge.example/") for link in links] == [True]
    assert [token.content for token in tokens if token.type == "text" and token.content] == [" after"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "file:///etc/passwd", "https://", "http://[", "//h/x"])
def test_an_address_that_is_none_gives_no_link(url: str) -> None:
    assert code_link("f", url) == "`f`"


@given(_texts)
@example("```\n# h\n````")
@example("~~~")
def test_lines_in_a_fence_stay_in_it(text: str) -> None:
    tokens = _parsed(f"{code_block(text, 'diff')}\n\nafter")

    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert _squeezed(tokens[0].content) == _squeezed(text)


@given(_texts)
def test_a_title_is_one_line_without_what_cannot_be_seen(text: str) -> None:
    assert one_line(text).isprintable()


def test_plain_sentences_stay_as_they_are_and_code_in_them_keeps_its_signs_outside() -> None:
    said = "A job sends an HTTP request, 5% of the time (so far)."

    assert inline_text(said) == said
    assert inline_text("max_retries=3 and a_b: see @me") == "`max_retries=3` and `a_b`: see `@me`"
    assert inline_text("from a.delay(x) (or b_c), look (d_e f_g).") == "from `a.delay(x)` (or `b_c`), look (`d_e f_g`)."
    assert inline_text("(smtplib.SMTP.send_message sends) ((x_y)) ...") == (
        "(`smtplib.SMTP.send_message` sends) (`(x_y)`) `...`"
    )
