"""What the collection of a directorate and wave amounted to, as counts: all that is needed to say
what weakens it.
"""

from __future__ import annotations

from typing import Literal

import dataframely as dy
import polars as pl

from analysis.indicators.weighting import free_respondents
from analysis.storage import make_table
from analysis.study import MissingKind, Study

Measure = Literal[
    "answers",
    "days_unused",
    "answers_of_site",
    "not_asked",
    "dont_know",
    "no_reply",
    "level",
    "margin",
    "margin_people",
    "frame_people",
    "frame_answered",
    "received",
    "kept",
    "refused",
    "duplicates",
    "undeclared",
]
"""`answers` of a channel; `days_unused` between its last answer and the end of the field;
`answers_of_site`; of an item in a channel the answers that are `not_asked`, `dont_know` and
`no_reply`, and those of each `level` (`item=code`); categories of a declared `margin`, and the
users that it counts (`margin_people`); of the sampling frame of a channel the users in it
(`frame_people`) and those who answered by it (`frame_answered`); rows of a file `received`, `kept`,
`refused` and `duplicates`, and those that name something `undeclared`.
"""

UNDECLARED = ("unknown site", "unknown directorate", "unknown channel")
"""Reasons of the reading of deliveries for a name that the study does not declare."""


class Fieldwork(dy.Schema):
    """One row per count; `channel` and `subject` (site, item, margin or file) are empty where it is
    about none. Respondents under constraint are not counted, except in the rows of files.
    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    subject = dy.String(primary_key=True)
    value = dy.Int64(min=0)


def fieldwork(
    responses: pl.DataFrame,
    receipts: pl.DataFrame,
    refusals: pl.DataFrame,
    dispositions: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
) -> pl.DataFrame:
    """The `Fieldwork` of a directorate and wave.

    Args:
        responses: `storage.Responses` of the scope, with its items.
        receipts, refusals: `storage.Receipts` and `storage.Refusals` of its files.
        dispositions: `storage.Dispositions` of the scope.
        study: Channels, sites, items and margins.
        directorate, wave: Identifiers.

    """
    free = free_respondents(responses, study)
    counts: dict[tuple[Measure, str, str], int] = {}
    for channel in study.directorate(directorate).channels:
        heard = free.filter(pl.col("channel") == channel)
        counts["answers", channel, ""] = heard.height
        if heard.height:
            last = heard.select(pl.col("day").max()).item()
            unused = study.wave(wave).end - last
            counts["days_unused", channel, ""] = unused.days
            counts |= _of_items(heard, study, directorate, channel)
    sites = free.group_by("site").len()
    counts |= {
        ("answers_of_site", "", str(site)): int(number)
        for site, number in sites.iter_rows()
        if site is not None
    }
    for variable, totals in study.margin(wave, directorate).items():
        counts["margin", "", variable] = len(totals)
        counts["margin_people", "", variable] = round(sum(totals.values()))
    frames = dispositions.filter(pl.col("population").is_not_null()).group_by("channel")
    sums = frames.agg(pl.sum("population", "answered")).sort("channel")
    for channel, people, answered in sums.iter_rows():
        counts["frame_people", channel, ""] = people
        counts["frame_answered", channel, ""] = answered
    counts |= _of_files(receipts, refusals)
    rows = [
        {
            "directorate": directorate,
            "wave": wave,
            "measure": measure,
            "channel": channel,
            "subject": subject,
            "value": value,
        }
        for (measure, channel, subject), value in counts.items()
    ]
    return make_table(rows, Fieldwork).sort(Fieldwork.primary_key())


def _of_items(
    heard: pl.DataFrame, study: Study, directorate: str, channel: str
) -> dict[tuple[Measure, str, str], int]:
    """The counts of each closed item that a channel asks of a directorate's users."""
    ways: dict[Measure, MissingKind] = {
        "not_asked": MissingKind.NOT_ASKED,
        "dont_know": MissingKind.DONT_KNOW,
        "no_reply": MissingKind.REFUSED,
    }
    counts: dict[tuple[Measure, str, str], int] = {}
    for item in study.channel(channel).items:
        if study.scale(item).kind == "text" or not study.asks(item, directorate):
            continue
        number = dict(heard.group_by(item).len().iter_rows())
        for measure, kind in ways.items():
            counts[measure, channel, item] = number.get(study.missing[kind], 0)
        for code in study.scale(item).codes:
            counts["level", channel, f"{item}={code}"] = number.get(code, 0)
    return counts


def _of_files(
    receipts: pl.DataFrame, refusals: pl.DataFrame
) -> dict[tuple[Measure, str, str], int]:
    """The counts of the rows of each file."""
    measures: tuple[Measure, ...] = ("received", "kept", "refused", "duplicates")
    counts: dict[tuple[Measure, str, str], int] = {}
    for row in receipts.iter_rows(named=True):
        file = f"{row['delivery']}/{row['file']}"
        counts |= {(measure, "", file): row[measure] for measure in measures}
        counts["undeclared", "", file] = 0
    for row in refusals.iter_rows(named=True):
        if row["reason"] in UNDECLARED:
            counts["undeclared", "", f"{row['delivery']}/{row['file']}"] += row["rows"]
    return counts
