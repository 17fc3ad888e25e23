"""What the figures of a package say of one another, of their codebook and of their description:
whatever does not agree is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from analysis.editions.codebook import SOURCES
from analysis.editions.description import Description
from analysis.editions.open_data import COLUMNS
from analysis.editions.package_cells import HINT, MOST_FAULTS
from analysis.editions.package_files import CODEBOOK, FIGURES
from analysis.errors import IntakeError, ObservatoryError, quoted
from analysis.publishing.wording.formats import MEASURES, SCORE
from analysis.storage.figures import KEY_PARTS, NUMBERS

READINGS = (*MEASURES, "level_share")
"""The kinds of figures that answers give, each with the answers behind it."""

_OF_KEY = {source: name for name, (source, _) in COLUMNS.items() if source in KEY_PARTS}
"""Part of a key → column of open data."""

_SHOWN = [name for name, (source, _) in COLUMNS.items() if source in NUMBERS]


def code_faults(
    figures: pl.DataFrame, meanings: pl.DataFrame, description: Description
) -> list[ObservatoryError]:
    """What does not agree in a package, each with its place.

    Args:
        figures: Typed, under the names of open data; absent texts are empty.
        meanings: Its codebook.
        description: What the edition is.

    """
    faults: list[ObservatoryError] = []
    numbered = figures.with_row_index("line", offset=2)
    for rule, what in _rules(description):
        for line, key in numbered.filter(rule).select("line", "cle").rows()[:MOST_FAULTS]:
            where = f"{FIGURES}, line {line}, {quoted(key)}"
            faults.append(IntakeError(what, where=where, hint=HINT))
    faults += _unknown_codes(figures, meanings)
    waves = [wave.id for wave in description.waves]
    if description.wave not in waves:
        faults.append(_of_description(f"Its wave {quoted(description.wave)} is none of its waves."))
    for name in ("waves", "definitions", "questions", "channels"):
        listed = [one.id for one in getattr(description, name)]
        if twice := [one for one in dict.fromkeys(listed) if listed.count(one) > 1]:
            faults.append(_of_description(f"{quoted(twice[0])} stands twice in its {name}."))
    if bool(figures.get_column("simule").any()) != description.simulated:
        said = "is" if description.simulated else "is not"
        faults.append(_of_description(f"It says that it {said} simulated, and its figures do not."))
    return faults


def _rules(described: Description) -> Iterator[tuple[pl.Expr, str]]:
    """What is wrong where each is true, and how that is said."""
    column = pl.col
    parts = [
        pl.when(column(_OF_KEY[part]) == "").then(pl.lit("-")).otherwise(column(_OF_KEY[part]))
        for part in KEY_PARTS
        if part in _OF_KEY
    ]
    said = pl.concat_str(parts, separator="/")
    yield column("cle").is_duplicated(), "A figure stands twice."
    yield ~column("cle").str.ends_with("/" + said), "A key does not agree with its columns."
    hidden = column("statut") != ""
    numbers = pl.any_horizontal(column(name).is_not_null() for name in _SHOWN)
    yield (
        hidden & (numbers | (column("constat") != "")),
        "A hidden figure shows a number or a word.",
    )
    endless = pl.any_horizontal(column(name).is_infinite() for name in _SHOWN if name != "base")
    yield endless, "A number has no end."
    low, value, high = (column(name) for name in ("borne_basse", "valeur", "borne_haute"))
    yield (low > value) | (value > high), "A value lies outside its interval."
    reading = column("type").is_in(READINGS) & column("cle").str.starts_with("estimates/")
    small = column("base").is_null() | (column("base") < described.minimum_base)
    yield (
        reading & value.is_not_null() & small,
        f"A figure is shown that rests on fewer answers than the {described.minimum_base} that "
        "its own edition asks for.",
    )
    waves = [wave.id for wave in described.waves]
    yield ~column("vague").is_in(["", *waves]), "A wave is none of those described."
    questions = [one.id for one in described.questions]
    yield ~column("question").is_in(["", *questions]), "A question is none of those described."
    counted = column("type").is_in(MEASURES) & column("cle").str.starts_with("estimates/")
    made = pl.concat_str("definition", "version_definition", "type", "unite", separator="/")
    known = [
        f"{one.id}/{one.version}/{one.figure_kind}/{one.unit}" for one in described.definitions
    ]
    yield (
        counted & ~made.is_in(known),
        "A definition, its version, or what it gives, is none of those described.",
    )
    yield counted & (column("portee") == ""), "A result does not say what may be claimed of it."
    least = pl.when(column("unite") == "points").then(-1.0).otherwise(0.0)
    score = column("unite").str.strip_prefix(SCORE).cast(pl.Float64, strict=False)
    outside = ~value.is_between(least, score.fill_null(1.0))
    yield counted & outside, "A value is none that its unit may have."
    channels = [one.id for one in described.channels]
    unknown = column("canaux").str.split("+").list.set_difference(["", *channels]).list.len() > 0
    yield unknown, "A channel is none of those described."


def _unknown_codes(figures: pl.DataFrame, meanings: pl.DataFrame) -> list[ObservatoryError]:
    """The codes of figures that the codebook does not explain."""
    faults: list[ObservatoryError] = []
    for column in SOURCES:
        explained: Collection[str] = set(
            meanings.filter(pl.col("colonne") == column).get_column("code")
        )
        codes = figures.get_column(column).unique(maintain_order=True)
        unknown = [code for code in codes if code and code not in explained]
        faults += [
            IntakeError(
                f"The codebook does not say what {quoted(code)} means, in the column {column!r}.",
                where=CODEBOOK,
                hint=HINT,
            )
            for code in unknown[:MOST_FAULTS]
        ]
    return faults


def _of_description(what: str) -> IntakeError:
    return IntakeError(what, where="schema.json, edition", hint=HINT)
