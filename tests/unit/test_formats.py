"""How numbers of each unit are printed, and with how many decimals on the side of a bound that they
are on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.publishing.wording.formats import Formats, Measure
from analysis.publishing.wording.language import Language
from analysis.study.kinds import LanguageCode


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")


def written(
    value: float, kind: str, unit: str, *, code: LanguageCode = "fr", decimals: int = 0
) -> str:
    formats = Formats(Language.of(code))
    return plain(formats.number(value, Measure(kind, unit), decimals=decimals))


@pytest.mark.parametrize(
    ("value", "unit", "french", "english"),
    [
        (109.4, "days", "109 jours", "109 days"),
        (1234.5, "days", "1 235 jours", "1,235 days"),
        (0.4, "days", "0 jour", "0 days"),
        (1.4, "days", "1 jour", "1 day"),
        (1.5, "days", "2 jours", "2 days"),
        (1.96, "days", "2 jours", "2 days"),
        (19.5, "minutes", "20 minutes", "20 minutes"),
        (1.2, "minutes", "1 minute", "1 minute"),
        (1.7, "minutes", "2 minutes", "2 minutes"),
        (4.96, "per_thousand", "5,0 pour 1 000", "5.0 per 1,000"),
        (0.25, "per_thousand", "0,3 pour 1 000", "0.3 per 1,000"),
        (1234.4, "count", "1 234", "1,234"),
        (0.845, "share", "85 %", "85%"),
    ],
)
def test_a_measure_is_printed_in_its_unit(
    value: float, unit: str, french: str, english: str
) -> None:
    """What is printed is counted, not what is measured: 1.96 days are 2 days."""
    assert written(value, "measure", unit) == french
    assert written(value, "measure", unit, code="en") == english
    assert written(value, "norm", unit) == french, "a bound is printed as what it bounds"


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (1.96, "days", 1, "2,0 jours"),
        (1.94, "days", 1, "1,9 jour"),
        (1.996, "days", 2, "2,00 jours"),
        (19.96, "minutes", 1, "20,0 minutes"),
        (4.96, "per_thousand", 2, "4,96 pour 1 000"),
        (4.96, "per_thousand", 0, "5,0 pour 1 000"),
        (0.7996, "share", 1, "80,0 %"),
        (0.7996, "share", 2, "79,96 %"),
    ],
)
def test_an_analyst_may_ask_for_decimals(
    value: float, unit: str, decimals: int, expected: str
) -> None:
    assert written(value, "measure", unit, decimals=decimals) == expected


@pytest.mark.parametrize(
    ("value", "kind", "unit", "expected"),
    [
        (0.123, "relative", "share", "+12 %"),
        (-0.25, "relative", "share", "-25 %"),
        (0.001, "relative", "share", "0 %"),
        (-0.4567, "correlation", "correlation", "-0,46"),
        (0.5, "correlation", "correlation", "+0,50"),
        (0.0, "correlation", "correlation", "0,00"),
        (0.08, "difference", "points", "+8 points"),
    ],
)
def test_what_has_a_sign_shows_it(value: float, kind: str, unit: str, expected: str) -> None:
    assert written(value, kind, unit) == expected


def test_bounds_of_a_correlation_are_no_percentages() -> None:
    formats = Formats(Language.of("fr"))
    correlation = Measure("correlation", "correlation")
    assert plain(formats.range(-0.812, 0.1, correlation)) == "[-0,81 ; 0,10]"
    assert plain(formats.range(0.431, 0.482, Measure("share", "share"))) == "[43 ; 48]"


@pytest.mark.parametrize(
    ("values", "bound", "unit", "decimals"),
    [
        ([0.85, 0.81, 0.9], 0.7, "share", 0),
        ([0.695], 0.7, "share", 1),
        ([0.6949], 0.7, "share", 0),
        ([0.6996], 0.7, "share", 2),
        ([0.9, 0.6996], 0.7, "share", 2),
        ([0.7004], 0.7, "share", 2),
        ([0.7], 0.7, "share", 0),
        ([0.70000001], 0.7, "share", 3),
        ([120.0], 120, "days", 0),
        ([120.4], 120, "days", 1),
        ([119.6], 120, "days", 1),
        ([120.04], 120, "days", 2),
        ([120.6], 120, "days", 0),
        ([4.96], 5, "per_thousand", 2),
        ([4.9], 5, "per_thousand", 1),
        ([-0.004], 0, "points", 1),
        ([1234.4], 1234, "days", 1),
        ([6.96], 7, "score_10", 2),
    ],
)
def test_a_number_is_printed_on_the_side_of_a_bound_that_it_is_on(
    values: Sequence[float], bound: float, unit: str, decimals: int
) -> None:
    """120.4 days are more than 120, in a measure where less is better as in any other."""
    formats = Formats(Language.of("fr"))
    assert formats.apart(values, bound, Measure("measure", unit)) == decimals


@pytest.mark.parametrize("code", ["fr", "en"])
def test_decimals_are_the_fewest_that_tell(code: LanguageCode) -> None:
    formats = Formats(Language.of(code))
    share = Measure("measure", "share")
    for value in (0.6996, 0.70004, 0.7, 0.65):
        fewest = formats.apart([value], 0.7, share)
        texts = [
            [formats.number(one, share, decimals=decimals) for one in (value, 0.7)]
            for decimals in range(fewest + 1)
        ]
        assert [one == other for one, other in texts] == [
            value == 0.7 or place < fewest for place in range(fewest + 1)
        ]
