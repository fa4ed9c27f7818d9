"""Colors of the style sheet that text is read in: WCAG 2.2, success criteria 1.4.3 (4.5 to 1) and 1.4.11 (3 to 1)."""

from __future__ import annotations

import re

import pytest

from migrator.cli.formats.html.pages import style

COLORS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style())
}
VERDICTS = ("ready", "with-network", "refactor", "keep")
GROUNDS = ("paper", "tint")
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "accent", *VERDICTS) for ground in GROUNDS),
    *(("ink", f"{verdict}-tint") for verdict in VERDICTS),
    *((ink, ground) for ink in ("ink", "soft") for ground in ("ground", "mark", "danger-tint")),
    ("paper", "ink"),  # a chip that is chosen
]
DRAWN = [*((verdict, "paper") for verdict in VERDICTS), ("accent", "paper"), ("soft", "paper")]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2, "relative luminance")."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, scheme: int) -> None:
    assert contrast(COLORS[ink][scheme], COLORS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), DRAWN)
def test_shapes_can_be_seen(shape: str, ground: str, scheme: int) -> None:
    assert contrast(COLORS[shape][scheme], COLORS[ground][scheme]) >= 3


def test_every_color_has_both_schemes_and_nothing_else_is_a_color() -> None:
    assert set(COLORS) >= {name for pair in (*TEXT, *DRAWN) for name in pair}
    rest = re.sub(r"light-dark\(#\w{6}, #\w{6}\)", "", style())
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s])", rest) == []
