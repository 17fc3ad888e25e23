"""Cells of figures: numbers as people and spreadsheets write them, and the signs for one that is
not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction

SIGNS = {
    **dict.fromkeys(("nd", "n.d", "n.d.", "-", "–", "—", "−"), "nd"),
    **dict.fromkeys(("ns", "n.s", "n.s."), "ns"),
    **dict.fromkeys(("so", "s.o", "s.o.", "///"), "so"),
}
"""Text → sign of `storage.Measures`. A dash does not say why there is nothing: it is `nd`."""

THOUSANDTH = Fraction(1, 1000)

EXACT = Context(prec=15)
"""The digits of a number that spreadsheets know: those after them are noise of binary fractions."""

_NUMBER = re.compile(
    r"(?P<minus>[-−]?) ?(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,25})"
    r"(?:[.,](?P<part>[0-9]{1,40}))? ?(?P<mark>[%‰]?)"
)


@dataclass(frozen=True)
class Cell:
    """What a cell says.

    Attributes:
        value: Its number, as written; None where it has none.
        half: Half a unit of its last decimal: by how much the number may be rounded.
        mark: `%` or `‰` behind the number, or nothing.
        missing: The sign that stands for a number: see `SIGNS`; empty beside a number.
        filled: Whether anything stands in it: an empty cell is missing, as `nd`.

    """

    value: Fraction | None = None
    half: Fraction = Fraction(0)
    mark: str = ""
    missing: str = ""
    filled: bool = True

    def divided_by(self, number: int) -> Cell:
        """The cell in a larger unit, without its mark."""
        value = None if self.value is None else self.value / number
        return replace(self, value=value, half=self.half / number, mark="")


EMPTY = Cell(missing="nd", filled=False)


def read_cell(text: str) -> Cell | None:
    """What a cell says; None where it is neither a number nor a sign.

    Thousands are apart by spaces of any width, decimals by a comma or a point. A superscript is no
    digit: 45¹ is a number with a note.

    >>> number = read_cell("1 234,50")
    >>> number.value, number.half
    (Fraction(2469, 2), Fraction(1, 200))
    >>> read_cell("n.d.").missing, read_cell("3 jours")
    ('nd', None)
    """
    plain = " ".join(text.split()).casefold()
    if not plain:
        return EMPTY
    if plain in SIGNS:
        return Cell(missing=SIGNS[plain])
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    digits = match["whole"].replace(" ", "") + ("." + match["part"] if match["part"] else "")
    number = Decimal(digits)
    if len(digits.lstrip("0.").replace(".", "")) > EXACT.prec:
        number = EXACT.plus(number).normalize(EXACT)
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    value = Fraction(number) * (-1 if match["minus"] else 1)
    return Cell(value=value, half=Fraction(1, 2 * 10**decimals), mark=match["mark"])


def with_row_precision(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of one row, which are rounded alike: to the last decimal of any of them.

    A spreadsheet drops last zeros, and keeps 45 beside 45.2.
    """
    half = min((cell.half for cell in cells if cell.value is not None), default=Fraction(0))
    return [cell if cell.value is None else replace(cell, half=half) for cell in cells]


def share_ways(cells: Sequence[Cell]) -> set[str]:
    """How shares without a `%` are written: as a `fraction`, at most 1, or a `percent`, above; 0 is
    the same in both.
    """
    plain = [cell.value for cell in cells if cell.value and not cell.mark]
    return {"percent" if value > 1 else "fraction" for value in plain}


def as_shares(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of shares that are written one way, in [0, 1] where they are right. A number with a `%`
    is in percent.
    """
    percents = share_ways(cells) == {"percent"}
    return [cell.divided_by(100) if cell.mark or percents else cell for cell in cells]
