"""The tables that cross a package's boundary."""

from __future__ import annotations

import dataframely as dy
import polars as pl


class Responses(dy.Schema):
    """One row per respondent (or kiosk press). The items of the questionnaire follow as Int16
    columns of codes: levels of the scale, or a missing code; an item the channel does not ask has
    the code of « not asked ».
    """

    response_id = dy.String(primary_key=True)
    directorate = dy.String()
    wave = dy.String()
    channel = dy.String()
    site = dy.String(nullable=True)
    population = dy.String()
    day = dy.Date()
    delivery = dy.String()
    file = dy.String()
    line = dy.Int64(min=1)


class Verbatims(dy.Schema):
    """What people wrote, redacted: one row per text."""

    response_id = dy.String(primary_key=True)
    item = dy.String(primary_key=True)
    line = dy.Int64(primary_key=True, min=1)
    directorate = dy.String()
    wave = dy.String()
    channel = dy.String()
    site = dy.String(nullable=True)
    text = dy.String(min_length=1)


class Refused(dy.Schema):
    """Rows that were not kept: where, why, and what of their content is known to be no personal
    data (JSON: site, day, codes of closed answers).
    """

    delivery = dy.String(primary_key=True)
    file = dy.String(primary_key=True)
    line = dy.Int64(primary_key=True, min=1)
    reason = dy.String(min_length=1)
    content = dy.String()


class Refusals(dy.Schema):
    """How many rows of the files of a scope were not kept, by reason."""

    delivery = dy.String(primary_key=True)
    file = dy.String(primary_key=True)
    reason = dy.String(primary_key=True, min_length=1)
    rows = dy.Int64(min=1)


class Receipts(dy.Schema):
    """What each file of a scope held: received = kept + refused + duplicates. All rows of a file
    count, those of other scopes too.
    """

    delivery = dy.String(primary_key=True)
    file = dy.String(primary_key=True)
    received = dy.Int64(min=0)
    kept = dy.Int64(min=0)
    refused = dy.Int64(min=0)
    duplicates = dy.Int64(min=0)
    ambiguous_dates = dy.Int64(min=0)

    @dy.rule()
    def adds_up(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        return pl.col("received") == pl.col("kept") + pl.col("refused") + pl.col("duplicates")


class ItemReceipts(dy.Schema):
    """What each file of a scope holds of each closed item that its channels ask, among the rows
    that were kept.
    """

    delivery = dy.String(primary_key=True)
    file = dy.String(primary_key=True)
    item = dy.String(primary_key=True)
    kept = dy.Int64(min=0)
    illegible = dy.Int64(min=0)
    not_asked = dy.Int64(min=0)

    @dy.rule()
    def parts_of_kept(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        return pl.col("illegible") + pl.col("not_asked") <= pl.col("kept")


class Cubes(dy.Schema):
    """A stored cube, as `inference.to_record` makes it: as confidential as the responses."""

    name = dy.String(primary_key=True)
    text = dy.String()
    shape = dy.List(dy.Int64(min=0))
    values = dy.List(dy.Float64())


class Collection(dy.Schema):
    """What came in for a directorate and wave, and how it was weighted: one row per measure and
    category.

    Measures: `answers` (respondents kept, by channel), `sample_share` and `frame_share` (of a
    margin's category before raking, in [0, 1]), `design_effect` (Kish), `ratio_low`, `ratio_high`,
    `iterations`.
    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    variable = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    category_label = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    simulated = dy.Bool()


class _Figures(dy.Schema):
    """What every table of figures says of each: its scope, what it is, its recipe and category.

    `kind` is `share`, `level_share` (of one level of a scale), `balance` or `mean`; `unit` is
    `share` (in [0, 1]), `points` (a balance in [-1, 1], read in points) or `score_10` (a mean
    between 0 and the number).
    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    kind = dy.String()
    unit = dy.String()
    item = dy.String()
    breakdown = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    category_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    method = dy.String()
    simulated = dy.Bool()


class Estimates(_Figures):
    """Figures of the workshop, with their recipe. Confidential: level counts stand in it."""

    unweighted = dy.Float64(nullable=True)
    base = dy.Int64(min=0)
    df = dy.Int64()
    design_effect = dy.Float64(nullable=True)
    counts = dy.List(dy.Int64(min=0))
    weights_id = dy.String()
    study_digest = dy.String()


class Released(_Figures):
    """Figures that may leave, for one audience. A hidden figure has a status and no number."""

    audience = dy.String(primary_key=True)
    status = dy.String()
    base = dy.Int64(min=0, nullable=True)
    df = dy.Int64(nullable=True)

    @dy.rule()
    def hidden_has_no_number(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        shown = pl.col("status").is_in(["", "fragile", "caution"])
        bare = pl.all_horizontal(
            pl.col(name).is_null() for name in ("value", "se", "low", "high", "base", "df")
        )
        return shown | bare
