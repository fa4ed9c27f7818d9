"""Seam in, seam out: the same bytes, for every file of the sample shop and for random programs in every dress."""

from __future__ import annotations

import codecs
import warnings

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrator.artifacts.seam.reading import Parsed, Unreadable, decode
from migrator.artifacts.seam.removal import remove
from migrator.resources import sample_root
from tests.support.seam import CALLS, PACKAGE, ROUTES, SENDS, everywhere

FILES = sorted(path.relative_to(sample_root()).as_posix() for path in sample_root().rglob("*.py"))


def compiles(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "x.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def check(data: bytes, *, thorough: bool = True) -> int:
    """In and out; how many places there were."""
    seamed, count = everywhere(data)
    assert compiles(seamed), seamed
    assert (seamed == data) == (count == 0)
    out = remove(seamed, None, PACKAGE)
    assert (out.data, out.count, out.told, out.left) == (data, count, (), ())
    if not thorough:
        return count
    # One name after the other, in any order, and with every line at its number.
    one = remove(seamed, SENDS, PACKAGE)
    two = remove(remove(one.data, ROUTES, PACKAGE).data, CALLS, PACKAGE)
    assert two.data == data
    assert not one.told and not two.told
    if count:
        kept = decode(remove(seamed, None, PACKAGE, keep_lines=True).data).text
        inner = decode(seamed).text
        assert len(Parsed(kept.encode())._starts) == len(Parsed(inner.encode())._starts)
    # What somebody appends stays, and nothing else does.
    tail = decode(data).encode("# appended").removeprefix(codecs.BOM_UTF8)
    assert remove(seamed + tail, None, PACKAGE).data == data + tail
    return count


@pytest.mark.thorough
def test_every_file_of_the_sample_shop() -> None:
    counts = [check((sample_root() / path).read_bytes(), thorough=False) for path in FILES]
    assert len(counts) > 90 and sum(counts) > 500


# --- random programs --------------------------------------------------------------------------------------------------

EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["x", "a.b.c", "1", "'''multi\nline'''", '"s" b_s', "f'{a.b(1)}'", "lambda: t.delay(1)", "...", "'é\\n'"]
    ),
    lambda inner: st.one_of(
        st.builds("{}.delay({})".format, st.sampled_from(["t", "a.t", "(t)", "a . t", "(\n  a\n .t\n)"]), inner),
        st.builds("{}({}, k={})".format, st.sampled_from(["f", "m.f", "m . f", "(m.\n f)"]), inner, inner),
        st.builds("[{}, *[{}]]".format, inner, inner),
        st.builds("({}\n   if {} else {})".format, inner, inner, inner),
        st.builds("{{'k': {}}}".format, inner),
        st.builds("[v for v in {} if {}]".format, inner, inner),
        st.builds("partial(t.apply_async, ({},))".format, inner),
    ),
    max_leaves=6,
).filter(lambda text: "b_s" not in text)

SIMPLE = st.one_of(
    EXPRESSIONS,
    st.builds("v = {}".format, EXPRESSIONS),
    st.builds("t.delay({}); f()".format, EXPRESSIONS),
    st.builds("x \\\n  .delay({})".format, EXPRESSIONS),
    st.sampled_from(
        [
            "import os",
            "from a import b as t",
            "pass  # c",
            "# comment",
            "",
            "del t.delay",
            "t.delay = 1",
            "\f",
            "v: int = f()",
        ]
    ),
)
HEADS = st.sampled_from(
    [
        "if f(x):",
        "for v in t.delay():",
        "class C(m.f()):",
        "def g(a=f(1)):",
        "@f\n@m.f(1)  # c\ndef g():",
        "@ f\n\n@t.delay\nasync def g():",
        "with f() as t.delay:",
        "while f(): # c",
        "try:",
    ]
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 3 and draw(st.booleans()):
            head = draw(HEADS)
            indent = draw(st.sampled_from(["    ", "\t", " "]))
            lines += head.split("\n")
            lines += [f"{indent}{line}" for line in draw(blocks(depth + 1))]
            lines.append(f"{indent}pass")
            if head == "try:":
                lines += ["finally:", f"{indent}f()"]
        else:
            lines += draw(SIMPLE).split("\n")
    return lines


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    head = draw(
        st.sampled_from(
            [
                "",
                "#!/usr/bin/python\n",
                '"""Doc\n\nstring."""\n',
                "'doc'; f()\n",
                "\f\n",
                "\n\n",
                "from __future__ import annotations\n",
            ]
        )
    )
    encoding = draw(st.sampled_from(["", "utf-8", "latin-1", "cp1252", "iso-8859-15"]))
    dress = f"# -*- coding: {encoding} -*-\n" if encoding else ""
    text = dress + head + "\n".join(draw(blocks())) + draw(st.sampled_from(["", "\n", "\n\n", "  # end", "\n\f"]))
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    data = text.replace("\n", ends).encode(encoding or "utf-8")
    bom = draw(st.booleans()) and encoding in ("", "utf-8")
    return (codecs.BOM_UTF8 if bom else b"") + data


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(programs())
def test_random_programs(data: bytes) -> None:
    assume(compiles(data))
    try:
        check(data)
    except Unreadable as error:
        # What cannot take the seam is left alone, which is told to the user with this reason.
        assume("no line behind" not in str(error) and "cannot be parsed" not in str(error))
        raise


@pytest.mark.parametrize(
    "data",
    [
        b"import x\r\nt.delay(1)\r\n",
        b"import x\rt.delay(1)",
        b"\xef\xbb\xbft.delay(1)",
        b"# coding: latin-1\nt.delay('\xe9')\n",
        "# vim: set fileencoding=cp1252 :\nt.delay('€')\n".encode("cp1252"),
        "# coding: shift_jis\nt.delay('日本')\n".encode("shift_jis"),
        b"\f\nt.delay(1)\n\f\ndef f():\n\tt.delay(2)\n\f\tt.delay(3)\n",
        b"if x:\n\tt.delay(1)\n        t.delay(2)\n",
        b"import a\nimport b\r\nt.delay(1)\r",
        b"class A:\n  @f\n\n  # c\n  @g(1)\n  def m(self): t.delay(1)",
        b"t\\\n.delay(1)\n",
        b"(t\n.delay)(1)\n",
    ],
)
def test_every_dress(data: bytes) -> None:
    if compiles(data):
        assert check(data)
    else:
        with pytest.raises(Unreadable):
            everywhere(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"def (\n", "cannot be parsed"),
        (b"print 'old'\n", "cannot be parsed"),
        (b"# coding: nonsense\nf()\n", "cannot be decoded"),
        (b"f('\xe9')\n", "cannot be decoded"),
        (b"\xef\xbb\xbf# coding: latin-1\nf()\n", "cannot be decoded"),
        (b"f()\n\x00", "cannot be"),
        (b"# coding: utf-7\nf('+AGE-')\n", "written back byte for byte"),
    ],
)
def test_what_cannot_be_given_back_is_not_taken(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        everywhere(data)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"#!x\r# coding: latin-1\rf()", "iso-8859-1"),
        (b"# c\rf('coding: latin-1')\r", "utf-8"),
        (b"\r\r# coding: latin-1\r", "utf-8"),
    ],
)
def test_a_bare_carriage_return_ends_the_line_of_an_encoding(data: bytes, encoding: str) -> None:
    assert decode(data).encoding == encoding
