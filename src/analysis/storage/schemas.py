"""The tables that are read from deliveries, and stored cubes."""

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
        """Every row received is kept, refused or a duplicate."""
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
        """Illegible and unasked answers are among the kept rows."""
        return pl.col("illegible") + pl.col("not_asked") <= pl.col("kept")


class Dispositions(dy.Schema):
    """How many people were invited to answer: one row per file of answers whose manifest says so,
    and one per line of a sampling frame. The profile items of frames follow as Int16 columns of
    codes, null where the register does not know.

    Attributes:
        line: Of the frame; 0 where a manifest tells.
        site: Null where a manifest tells.
        population: Users in the register; null where a manifest tells.
        drawn: Those who were drawn, people under constraint left out.
        answered: Those of them who answered, by the tool that invited them; null where a manifest
            tells.
        ineligible: Those of them known to be no users.
        unknown: Those of them of whom nobody knows whether they are.

    """

    delivery = dy.String(primary_key=True)
    file = dy.String(primary_key=True)
    line = dy.Int64(primary_key=True, min=0)
    channel = dy.String()
    site = dy.String(nullable=True)
    population = dy.Int64(min=0, nullable=True)
    drawn = dy.Int64(min=0)
    answered = dy.Int64(min=0, nullable=True)
    ineligible = dy.Int64(min=0)
    unknown = dy.Int64(min=0)

    @dy.rule()
    def parts_of_drawn(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        """Whatever became of those who were drawn, they are among them."""
        parts = pl.col("answered").fill_null(0) + pl.col("ineligible") + pl.col("unknown")
        return parts <= pl.col("drawn")


class Measures(dy.Schema):
    """Monthly figures of those who manage the services: one row per delivered indicator, month and
    place.

    Attributes:
        wave: The first wave whose field ends in the month or later.
        indicator: A delivered one of `management.yml`.
        site: Empty where the figure is of the whole directorate.
        month: Its first day.
        unit: See `study.management`.
        value: In the unit, shares in [0, 1]; null where it is missing.
        half: By how much the value may have been rounded: half a unit of the last decimal that its
            row was written with; 0 for a count, which is exact, and for what is missing.
        numerator, denominator: What the value is made of: of a count, itself and null; of any
            other, value × denominator (divided by the unit's scale) and the count that it is `of`,
            where the same place and month have it.
        missing: The sign that stands for a number that is not there: `nd`, `ns`, `so`; empty where
            there is one.
        delivery, file, sheet, line: Where it was read: `sheet` is empty for a CSV.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    site = dy.String(primary_key=True)
    month = dy.Date(primary_key=True)
    unit = dy.String()
    value = dy.Float64(nullable=True)
    half = dy.Float64(min=0)
    numerator = dy.Float64(nullable=True)
    denominator = dy.Float64(nullable=True)
    missing = dy.String()
    delivery = dy.String()
    file = dy.String()
    sheet = dy.String()
    line = dy.Int64(min=1)

    @dy.rule()
    def missing_or_value(cls) -> pl.Expr:  # noqa: N805 - dataframely hands rules the class
        """A figure is there, or a sign says why it is not."""
        return pl.col("value").is_null() == (pl.col("missing") != "")


class Flows(dy.Schema):
    """Monthly counts of devices that listen all the time: one row per series, month and product.
    They are all that there was: no sample.

    Attributes:
        wave: The first wave whose field ends in the month or later.
        device, series: Of `listening.yml`.
        month: Its first day.
        delivery, file, line: Where it was read first.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    series = dy.String(primary_key=True)
    month = dy.Date(primary_key=True)
    count = dy.Int64(min=0)
    delivery = dy.String()
    file = dy.String()
    line = dy.Int64(min=1)


class Grids(dy.Schema):
    """What observers saw people do: one row per participant and task. Such people are few, and are
    never a share of anybody.

    Attributes:
        wave: The first wave that ends on the day of the session or later.
        session: The sheet of the session.
        participant: Their sign in the grid, no name.
        outcome: `done` alone, `helped` (or with difficulty), `blocked`.
        theme: What stopped or helped them; empty where nothing did.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    session = dy.String(primary_key=True)
    participant = dy.String(primary_key=True)
    task = dy.String(primary_key=True)
    day = dy.Date()
    dimension = dy.String()
    outcome = dy.String()
    theme = dy.String()
    delivery = dy.String()
    file = dy.String()
    line = dy.Int64(min=1)


class Cubes(dy.Schema):
    """Stored cubes, as `inference.to_record` makes them, one per sample: as confidential as the
    responses. `channels` names the channels whose respondents are in it, joined by `+`.
    """

    channels = dy.String(primary_key=True)
    name = dy.String(primary_key=True)
    text = dy.String()
    shape = dy.List(dy.Int64(min=0))
    values = dy.List(dy.Float64())
