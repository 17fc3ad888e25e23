"""How numbers, dates and phrases are written: the one place that makes correct French (and
English).

A `Language` formats; its catalogue holds every phrase that is published.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date

from analysis.errors import RenderingError
from analysis.publishing.wording.catalogue_en import CATALOGUE as ENGLISH
from analysis.publishing.wording.catalogue_fr import CATALOGUE as FRENCH
from analysis.study.kinds import LanguageCode
from analysis.study.languages import foreign, in_parts

NARROW, NO_BREAK, MINUS = "\u202f", "\u00a0", "\u2212"

ORDINAL = re.compile(r"\b(1er|1re|\d+e)\b")
"""A French ordinal in figures, as a keyboard writes it."""

ELISION = re.compile(r"\b([Dd])e (?=[AÀÂEÉÈÊIÎOÔUÛ])")
"""A French preposition before a name that begins with a vowel."""

THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
"""The space of a number in thousands, as a keyboard writes it."""

RAISED = str.maketrans("er", "ᵉʳ")
"""Letters that are raised in an ordinal: characters of their own, which stay raised in a picture, a
PDF, a table and a text alike.
"""


@dataclass(frozen=True)
class Language:
    """One language's way of writing.

    Attributes:
        code: `fr` or `en`.
        decimal: Decimal mark.
        thousands: Mark between groups of three digits, from 1 000 up.
        percent: What stands before the percent sign.
        catalogue: Key → phrase with `{placeholders}`.

    """

    code: LanguageCode
    decimal: str
    thousands: str
    percent_space: str
    catalogue: dict[str, str]

    @classmethod
    def of(cls, code: LanguageCode) -> Language:
        r"""The language of a code.

        >>> Language.of("fr").percent(0.4571, decimals=1)
        '45,7\xa0%'
        """
        return _LANGUAGES[code]

    def text(self, key: str, **parts: str) -> str:
        """A phrase of the catalogue, completed.

        Raises:
            RenderingError: there is no such phrase, or one of its parts is not given.

        """
        try:
            phrase = self.catalogue[key].format(**parts)
            return ELISION.sub(r"\1’", phrase) if self.code == "fr" and parts else phrase
        except KeyError as error:
            raise RenderingError(
                f"The phrase {key!r} does not exist, or lacks its part {error}.",
                where=f"catalogue_{self.code}.py",
                hint="phrases stand in both catalogues, with the same parts.",
            ) from None

    def number(self, value: float, *, decimals: int = 0) -> str:
        r"""A number rounded half away from zero, once.

        >>> Language.of("fr").number(-1234.5)
        '−1\u202f235'
        """
        quantum = Decimal(1).scaleb(-decimals)
        rounded = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_UP)
        whole, _, fraction = f"{abs(rounded):f}".partition(".")
        groups = []
        while len(whole) > 3:
            groups.append(whole[-3:])
            whole = whole[:-3]
        text = self.thousands.join([whole, *reversed(groups)]) + (
            self.decimal + fraction if fraction else ""
        )
        return f"{MINUS}{text}" if rounded < 0 else text

    def percent(self, share: float, *, decimals: int = 0) -> str:
        """A share in [0, 1] as a percentage."""
        return f"{self.number(100 * share, decimals=decimals)}{self.percent_space}%"

    def points(self, difference: float, *, decimals: int = 0) -> str:
        """A difference of shares, in points, with its sign."""
        number = self.number(100 * difference, decimals=decimals)
        sign = "" if number.startswith(MINUS) or set(number) <= {"0", self.decimal} else "+"
        size = float(
            number.removeprefix(MINUS).replace(self.thousands, "").replace(self.decimal, ".")
        )
        singular = size < 2 if self.code == "fr" else size == 1
        return f"{sign}{number}{NO_BREAK}{self.text('point' if singular else 'points')}"

    def signed(self, difference: float, *, decimals: int = 0) -> str:
        r"""A difference with its sign.

        >>> Language.of("fr").signed(0.24, decimals=1), Language.of("fr").signed(0.0)
        ('+0,2', '0')
        """
        number = self.number(difference, decimals=decimals)
        none = set(number) <= {"0", self.decimal}
        return number if number.startswith(MINUS) or none else f"+{number}"

    def count(self, count: int) -> str:
        """A small count in letters, where the language's phrases know it, in figures elsewhere."""
        return self.catalogue.get(f"number_{count}", self.number(count))

    def interval(self, low: float, high: float, *, decimals: int = 0, scale: float = 100) -> str:
        """Bounds as `[43,1 ; 48,2]`, multiplied by `scale`; a line never ends within them."""
        bounds = (self.number(scale * bound, decimals=decimals) for bound in (low, high))
        return f"[{self.series(list(bounds)).replace(' ', NO_BREAK)}]"

    def day(self, day: date) -> str:
        """`1ᵉʳ mars 2026`, `16 novembre 2026`."""
        if self.code == "fr":
            month = format_date(day, "MMMM y", locale="fr")
            return self.typeset(f"{'1er' if day.day == 1 else day.day}{NO_BREAK}{month}")
        return format_date(day, "d MMMM y", locale="en")

    def month(self, month: str) -> str:
        """A month of the parameters (`2026-03`) in words: `mars 2026`."""
        day = date.fromisoformat(f"{month}-01")
        return format_date(day, "LLLL y", locale=self.code)

    def period(self, first: date, last: date) -> str:
        r"""From one day to another: the year stands once where it is the same.

        >>> Language.of("en").period(date(2026, 7, 1), date(2026, 10, 31))
        'from 1 July to 31 October 2026'
        """
        start = self.day(first)
        if first.year == last.year:
            start = start.removesuffix(f" {first.year}").removesuffix(f"{NO_BREAK}{first.year}")
        return self.text("period", first=start, last=self.day(last))

    @property
    def colon(self) -> str:
        """A colon, with what stands before it."""
        return f"{NO_BREAK}:" if self.code == "fr" else ":"

    def enumeration(self, parts: Sequence[str]) -> str:
        """Parts that may hold commas, one after the other: `a, b ; c`."""
        return (f"{NO_BREAK}; " if self.code == "fr" else "; ").join(parts)

    def listing(self, parts: Sequence[str]) -> str:
        """`a, b et c`."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.text('and')} {parts[-1]}"

    def series(self, parts: Sequence[str]) -> str:
        """Parts that may hold commas, one after the other: `a ; b ; c`."""
        return (f"{NO_BREAK}; " if self.code == "fr" else "; ").join(parts)

    def quoted(self, text: str) -> str:
        """A text between the language's quotation marks."""
        return f"«{NO_BREAK}{text}{NO_BREAK}»" if self.code == "fr" else f"“{text}”"

    def typeset(self, text: str) -> str:
        r"""A text of the parameters as its language writes it: in French, spaces that do not break
        before high punctuation and ordinals raised; a part marked as being in another language, as
        that one does.

        >>> Language.of("fr").typeset("1er ou 2e semestre ?")
        '1ᵉʳ ou 2ᵉ semestre\xa0?'
        """
        return "".join(
            self._typeset(part) if code is None else foreign(_LANGUAGES[code]._typeset(part), code)
            for code, part in in_parts(text)
        )

    def _typeset(self, text: str) -> str:
        """`typeset`, of a text without marks."""
        if self.code != "fr":
            return text
        for sign in ":;?!»%":
            text = text.replace(f" {sign}", f"{NO_BREAK}{sign}")
        text = text.replace("« ", f"«{NO_BREAK}")
        text = THOUSANDS.sub(NARROW, text)
        return ORDINAL.sub(lambda ordinal: ordinal[1].translate(RAISED), text)


_LANGUAGES: dict[str, Language] = {
    "fr": Language("fr", ",", NARROW, NO_BREAK, FRENCH),
    "en": Language("en", ".", ",", "", ENGLISH),
}
