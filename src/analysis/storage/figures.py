"""The one shape of a published number, before and after the gate.

Each layer of the workshop has its own schema and one function that turns it into `Figures`;
`disclosure.release` turns the figures of an edition into `Released`. Disclosure, pages, open data
and the comparison of editions know these two shapes only.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

KEY_PARTS = (
    "layer",
    "directorate",
    "wave",
    "against",
    "indicator",
    "definition",
    "kind",
    "breakdown",
    "category",
)
"""What identifies a figure, in the order of its key; an absent part is written `-`."""


BETWEEN = "~"
"""Stands between the two categories that a figure is the gap of."""


SOURCES, PLACE = " ; ", "!"
"""Stand between the places where a figure was read, and between file, sheet and row of one."""


class _FigureColumns(dy.Schema):
    """What is said of every figure.

    Attributes:
        key: Its identity: `KEY_PARTS` joined by `/`. Stable from one edition of a wave to the next.
        layer: The layer it comes from.
        against: The wave that a difference is measured against, or the first of the waves that were
            pooled; null for a figure of one wave.
        kind, unit: See `study.kinds`: what is printed, and how.
        item: The question; null for what no question asks.
        breakdown, category: `total` where it is about everybody.
        value, se, low, high: In its unit: shares in [0, 1], balances in [-1, 1], means between 0
            and their maximum. Null where nothing can be estimated; low and high are null without a
            degree of freedom.
        base: Unweighted answers behind it; null for what no answer is counted for.
        df: Degrees of freedom.
        size: Effective number of answers, where it is drawn by it.
        word: What a rule calls it (`up`, `down`, …, `above`, …); empty where no rule speaks.
        method: Of the interval.

    """

    key = dy.String(primary_key=True)
    layer = dy.String()
    directorate = dy.String(nullable=True)
    wave = dy.String(nullable=True)
    against = dy.String(nullable=True)
    indicator = dy.String()
    definition = dy.String()
    definition_version = dy.String()
    kind = dy.String()
    unit = dy.String()
    item = dy.String(nullable=True)
    breakdown = dy.String()
    category = dy.String()
    category_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    df = dy.Int64(nullable=True)
    size = dy.Float64(nullable=True)
    word = dy.String()
    method = dy.String()
    simulated = dy.Bool()


class Figures(_FigureColumns):
    """Figures before the gate. Confidential: level counts stand in it.

    Attributes:
        counts: Unweighted answers of each level behind it, worst level first; null where it is no
            reading of a distribution.
        made_from: Keys of the figures that it is computed from, or that give it away: it is shown
            only where all of them are.

    """

    counts = dy.List(dy.Int64(min=0), nullable=True)
    made_from = dy.List(dy.String())

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """A layer whose table is `Figures` already: returned as it is."""
        return cls.validate(table)


NUMBERS = ("value", "se", "low", "high", "base", "df", "size")
"""The columns that a hidden figure has empty."""

SHOWN = ("", "fragile", "caution")
"""The statuses of figures that are shown."""


class Released(_FigureColumns):
    """Figures that may leave, for one audience. A hidden figure has a status and no number, nor a
    word that would tell its sign.
    """

    audience = dy.String(primary_key=True)
    status = dy.String()

    @dy.rule()
    def hidden_has_no_number(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        """A hidden figure has neither number nor word."""
        bare = pl.all_horizontal(pl.col(name).is_null() for name in NUMBERS)
        return pl.col("status").is_in(SHOWN) | (bare & (pl.col("word") == ""))


class Imported(dy.Schema):
    """Figures that other bodies released, as the page that compares shows them: read from their
    open data, and hidden again where they rest on fewer answers than the study asks for.

    Attributes:
        source: Their study; `edition` its wave and version, `published` the day that it bears.
        key: As in `Figures`, of the other body's study.
        language: Of the texts that follow.
        publisher, directorate_label, wave_label, indicator_label, definition_label: As the other
            body words them.
        start, end: The field of the wave.
        indicator, definition, kind, unit: The study's own, where they are known to be the same; as
            the other body has them elsewhere.
        mode: By what people were heard there: `mixed` where it is by several.
        value, se, low, high, base, claim, status: As in `Released`.
        comparable: The directorates whose figure may stand beside it.
        differences: Where there are none, in what it is another measure: see
            `study.references.Difference`.

    """

    source = dy.String(primary_key=True)
    key = dy.String(primary_key=True)
    edition = dy.String()
    published = dy.Date()
    language = dy.String()
    publisher = dy.String()
    directorate_label = dy.String()
    wave_label = dy.String()
    start = dy.Date()
    end = dy.Date()
    indicator = dy.String()
    indicator_label = dy.String()
    definition = dy.String()
    definition_label = dy.String()
    kind = dy.String()
    unit = dy.String()
    mode = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    status = dy.String()
    simulated = dy.Bool()
    comparable = dy.List(dy.String())
    differences = dy.List(dy.String())

    @dy.rule()
    def hidden_has_no_number(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        """A hidden figure has no number."""
        numbers = ("value", "se", "low", "high", "base")
        bare = pl.all_horizontal(pl.col(name).is_null() for name in numbers)
        return pl.col("status").is_in(SHOWN) | bare

    @dy.rule()
    def apart_has_a_reason(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        """A figure stands beside some, or is another measure: one of the two."""
        return (pl.col("comparable").list.len() > 0) != (pl.col("differences").list.len() > 0)


class Published(dy.Schema):
    """Figures of an edition as they were before the gate, and what became of them: what later
    editions must not give away with it. Confidential.

    Attributes:
        edition: Its wave and version.
        key: As in `Figures`.
        base, counts: As in `Figures`; null where only what was shown of it is known.
        status: As in `Released`.

    """

    edition = dy.String(primary_key=True)
    key = dy.String(primary_key=True)
    base = dy.Int64(min=0, nullable=True)
    counts = dy.List(dy.Int64(min=0), nullable=True)
    status = dy.String()


def figure_key(**parts: pl.Expr | str | None) -> pl.Expr:
    """The key of a figure.

    Args:
        parts: Values of some of `KEY_PARTS`; the others are read from columns of those names.

    """

    def part(name: str) -> pl.Expr:
        value = parts.get(name, pl.col(name)) if name in parts else pl.col(name)
        return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=pl.String)

    return pl.concat_str([part(name).fill_null("-") for name in KEY_PARTS], separator="/")


def as_figures(frame: pl.DataFrame, *, layer: str) -> pl.DataFrame:
    """The rows of a layer as `Figures`: columns that the frame lacks are null, and keys are
    computed.

    Args:
        frame: Columns of `Figures`, at least `kind`, `unit`, `indicator` and `definition`.
        layer: Its layer's name.

    """
    absent = {
        "against": pl.lit(None, dtype=pl.String),
        "item": pl.lit(None, dtype=pl.String),
        "definition_version": pl.lit("1.0"),
        "breakdown": pl.lit("total"),
        "category": pl.lit("total"),
        "category_label": pl.lit(""),
        "channels": pl.lit(""),
        "se": pl.lit(None, dtype=pl.Float64),
        "low": pl.lit(None, dtype=pl.Float64),
        "high": pl.lit(None, dtype=pl.Float64),
        "base": pl.lit(None, dtype=pl.Int64),
        "df": pl.lit(None, dtype=pl.Int64),
        "size": pl.lit(None, dtype=pl.Float64),
        "word": pl.lit(""),
        "method": pl.lit(""),
        "counts": pl.lit(None, dtype=pl.List(pl.Int64)),
        "made_from": pl.lit([], dtype=pl.List(pl.String)),
    }
    filled = frame.with_columns(layer=pl.lit(layer)).with_columns(
        expression.alias(name) for name, expression in absent.items() if name not in frame.columns
    )
    keyed = filled.with_columns(key=figure_key())
    return Figures.validate(keyed.select(Figures.column_names()), cast=True)
