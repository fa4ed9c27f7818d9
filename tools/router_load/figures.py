"""What a check found, beside the bound that it has to keep.

In: a number and its bound. Out: a line for people, a mapping for programs, and whether the bound is kept. How a
number comes about is the check's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Relation = Literal["=", "<=", "<", ">=", ""]
"""How the value has to stand to the bound; empty where it is only told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    Attributes:
        check: the name of the check that found it.
        what: what was counted or measured.
        unit: `s`, `ms`, `µs`, `%`, or empty for a count or a ratio.
        detail: what else is worth knowing, for people.
    """

    check: str
    what: str
    value: float
    relation: Relation = ""
    bound: float = 0.0
    unit: str = ""
    detail: str = ""

    @property
    def held(self) -> bool:
        """Whether the bound is kept; always where there is none."""
        match self.relation:
            case "=":
                return self.value == self.bound
            case "<=":
                return self.value <= self.bound
            case "<":
                return self.value < self.bound
            case ">=":
                return self.value >= self.bound
            case "":
                return True

    def line(self) -> str:
        """The figure for people."""
        sign = "" if self.relation == "" else "ok  " if self.held else "FAIL"
        bound = f"{self.relation} {_number(self.bound, self.unit)}" if self.relation else ""
        detail = f"  {self.detail}" if self.detail else ""
        return f"{sign:4} {self.what:<66} {_number(self.value, self.unit):>12} {bound:<12}{detail}".rstrip()

    def document(self) -> dict[str, Any]:
        """The figure for programs."""
        bound = {"relation": self.relation, "bound": self.bound} if self.relation else {}
        return {
            "check": self.check,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            **bound,
            "held": self.held,
            "detail": self.detail,
        }


def _number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
    return f"{text} {unit}".rstrip()
