"""From a raw table to responses: one row per respondent, codes of the study, every refusal with its
reason.

Batches of text become codes at once; what is decided over a whole file (one row per respondent, the
same row twice, how many answers are outside their scale) is decided on codes.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from analysis.errors import IntakeError, ScopeError
from analysis.intake.columns import ColumnReader, site_directorates
from analysis.intake.mapping import ColumnMapping, check_asked
from analysis.intake.raw_table import RawTable
from analysis.privacy import pseudonyms, redact_all
from analysis.study import MissingKind, Study

MOST_AT_FAULT = 0.05
"""Above this share of rows with an answer outside its scale, or that contradict one another, the
mapping is at fault rather than the rows."""


PART = 50_000
"""Rows whose days, places and identities are read at once."""


@dataclass(frozen=True)
class HarmonisedFile:
    """The tables of one raw file; received = kept + refused + duplicates.

    Attributes:
        responses: `storage.Responses` and one Int16 column per closed item of the questionnaire.
        verbatims: `storage.Verbatims`.
        refused: `storage.Refused`.
        receipt: `storage.Receipts`, one row.
        items: `storage.ItemReceipts`, one row per item that its channels ask.
        identities: One row per row that counts, with its channel and wave: `kind` (`respondent` or
            `row`) and `key`, by which the same answers are found in another file, and `line`. It is
            compared, and never written.

    """

    responses: pl.DataFrame
    verbatims: pl.DataFrame
    refused: pl.DataFrame
    receipt: pl.DataFrame
    items: pl.DataFrame
    identities: pl.DataFrame


def harmonise(
    raw: RawTable, study: Study, *, delivery: str, file: str, digest: str, where: str
) -> HarmonisedFile:
    """Reads a raw table by its mapping.

    A row is refused for its width, its place, its date or an answer outside the scale, in that
    order. Of several rows of one respondent in a directorate, the mapping's rule keeps one; the
    texts of the others are kept with it. A row that stands twice (by the mapping's `identity`) is a
    duplicate; where the two differ, the second is refused.

    Args:
        raw: Its rows, and how they are read.
        study: What was asked.
        delivery, file: What it is known by.
        digest: sha256 of the file: identifiers of respondents, and with them the order of rows,
            follow from it and not from a name.
        where: What messages call it.

    Raises:
        IntakeError: more than 5 % of the rows have an answer outside its scale, or contradict one
            another.

    """
    mapping = raw.mapping
    columns = ColumnReader(mapping, study)
    parts: list[pl.DataFrame] = []
    crooked: list[tuple[int, str]] = []
    with _collection_paused():
        for batch in raw.batches:
            columns.add(batch)
            crooked += batch.malformed
            if columns.height >= PART:
                parts.append(columns.take())
    rows = pl.concat([*parts, columns.take()]).with_columns(population=_population(study))
    received = rows.height + len(crooked)
    reason = _refusal_reasons(rows, columns.closed, mapping, study, where)
    valid = rows.filter(reason.is_null())
    accepted, duplicates = _one_per_respondent(valid, mapping)
    texts = columns.texts()
    accepted, repeated, contradicting = _one_per_identity(accepted, texts, mapping, where)
    _check_asked(accepted, raw, study, where)
    accepted = accepted.with_columns(
        response_id=pl.Series(
            pseudonyms(digest, numbers=accepted["line"].to_list()), dtype=pl.String
        ),
        delivery=pl.lit(delivery),
        file=pl.lit(file),
    )
    refused = pl.concat(
        [
            _refused_rows(
                rows.filter(reason.is_not_null()), reason.drop_nulls(), columns.closed, study
            ),
            _refused_rows(contradicting, contradicting["reason"], columns.closed, study),
            pl.DataFrame(
                [(line, reason_text, "{}") for line, reason_text in crooked],
                schema={"line": pl.Int64, "reason": pl.String, "content": pl.String},
                orient="row",
            ),
        ]
    )
    receipt = pl.DataFrame(
        {
            "delivery": [delivery],
            "file": [file],
            "received": [received],
            "kept": [accepted.height],
            "refused": [refused.height],
            "duplicates": [duplicates + repeated],
            "ambiguous_dates": [columns.ambiguous_dates],
        }
    )
    origin = {"delivery": pl.lit(delivery), "file": pl.lit(file)}
    return HarmonisedFile(
        responses=_responses(accepted, columns.closed, study),
        verbatims=_verbatims(texts, valid, accepted),
        refused=refused.sort("line").select(
            **origin, line="line", reason="reason", content="content"
        ),
        receipt=receipt,
        items=_item_receipts(accepted, columns.closed, study)
        .select(**origin, items=pl.struct(pl.all()))
        .unnest("items"),
        identities=_identities(valid, mapping),
    )


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Context manager: suspends garbage collection. Texts hold no cycles, and looking for them
    takes a third of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


# --- refusing -------------------------------------------------------------------------------------


def _population(study: Study) -> pl.Expr:
    default = study.populations[0].id
    special = {
        site.id: site.population
        for directorate in study.directorates
        for site in directorate.sites
        if site.population
    }
    site = pl.col("site").replace_strict(special, default=default, return_dtype=pl.String)
    return site.fill_null(default)


def _refusal_reasons(
    rows: pl.DataFrame, closed: list[str], mapping: ColumnMapping, study: Study, where: str
) -> pl.Series:
    """(n,) the first reason to refuse each row, or null."""
    starts = {wave.id: wave.start for wave in study.waves}
    ends = {wave.id: wave.end for wave in study.waves}
    start = pl.col("wave").replace_strict(starts, default=None, return_dtype=pl.Date)
    end = pl.col("wave").replace_strict(ends, default=None, return_dtype=pl.Date)
    has_site = pl.lit(mapping.site is not None)
    rules = pl.coalesce(
        "refusal",
        _reason_where(
            has_site & ~pl.col("site").is_in(list(site_directorates(study))), "unknown site"
        ),
        _reason_where(
            ~pl.col("directorate").is_in([unit.id for unit in study.directorates]),
            "unknown directorate",
        ),
        _reason_where(
            ~pl.col("channel").is_in([channel.id for channel in study.channels]), "unknown channel"
        ),
        _reason_where(pl.col("day").is_null(), "unreadable date"),
        _reason_where(~pl.col("wave").is_in(list(starts)), "date outside every wave"),
        _reason_where(
            (pl.col("day") < start) | (pl.col("day") > end), "date outside the wave's field"
        ),
    )
    off_scale = pl.coalesce(
        pl.lit(None, dtype=pl.String),
        *(
            pl.when(pl.col(item).is_null()).then(pl.lit(f"{item}: answer outside its scale"))
            for item in closed
        ),
    )
    reason = rows.select(
        rules.alias("reason"),
        pl.when(pl.col("refusal").is_null()).then(off_scale).alias("off_scale"),
        _forbidden_answer(closed, study).alias("forbidden"),
    )
    at_fault = reason.get_column("off_scale")
    _check_share(at_fault, rows, "have an answer outside its scale", where)
    return reason.select(pl.coalesce("reason", "off_scale", "forbidden")).to_series()


def _check_share(reasons: pl.Series, rows: pl.DataFrame, what: str, where: str) -> None:
    """Refuses a file of which too many rows are at fault for one reason.

    Raises:
        IntakeError: more than 5 % are; the first one's line is told, and nothing that it holds.

    """
    count = reasons.is_not_null().sum()
    if count > max(1, MOST_AT_FAULT * rows.height):
        first = int(reasons.is_not_null().arg_true()[0])
        raise IntakeError(
            f"{count} of {rows.height} rows {what}; first {reasons[first]}.",
            where=f"{where}, line {rows.item(first, 'line')}",
            hint="the mapping or questionnaire.yml is at fault: name these answers there.",
        )


def _reason_where(condition: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(condition.fill_null(value=True)).then(pl.lit(reason))


def _forbidden_answer(closed: list[str], study: Study) -> pl.Expr:
    """A reason for each row of a constrained population that answers a question it must not be
    asked; null elsewhere.
    """
    off_scale = [pl.lit(None, dtype=pl.String)]
    for population in study.populations:
        for item in closed if population.constrained else ():
            if study.item(item).role == "profile" or item in (population.items or ()):
                continue
            asked = (pl.col("population") == population.id) & pl.col(item).is_in(
                list(study.scale(item).codes)
            )
            off_scale.append(
                pl.when(asked).then(pl.lit(f"{item} was asked to a population under constraint"))
            )
    return pl.coalesce(off_scale)


def _one_per_respondent(valid: pl.DataFrame, mapping: ColumnMapping) -> tuple[pl.DataFrame, int]:
    """The row of each respondent that counts: a finished one if there is any, then the first or the
    last.
    """
    keep = mapping.respondent.keep if mapping.respondent else "first"
    ordered = valid.sort("finished", "line", descending=[keep == "first", False])
    accepted = ordered.unique(["directorate", "respondent"], keep=keep, maintain_order=True).sort(
        "line"
    )
    return accepted, valid.height - accepted.height


def _one_per_identity(
    accepted: pl.DataFrame, texts: pl.DataFrame, mapping: ColumnMapping, where: str
) -> tuple[pl.DataFrame, int, pl.DataFrame]:
    """One row per identity: the first of them, how many say the same again, and those that say
    something else, in their answers or in what they write.
    """
    repeated = accepted.filter(
        pl.col("identity").is_not_null() & pl.col("identity").is_duplicated()
    )
    none = accepted.clear().with_columns(reason=pl.lit("", dtype=pl.String))
    if not repeated.height:
        return accepted, 0, none
    content = [name for name in accepted.columns if name not in ("line", "respondent", "refusal")]
    texts_by_line = texts.filter(pl.col("line").is_in(repeated["line"].implode())).group_by("line")
    repeated = repeated.join(
        texts_by_line.agg(written=pl.struct("item", "text").sort()),
        on="line",
        how="left",
        maintain_order="left",
    )
    content.append("written")
    first = pl.col("line").first().over("identity")
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).first().over("identity")) for name in content
    )
    columns = " and ".join(mapping.identity)
    later = repeated.with_columns(first=first, same=same).filter(pl.col("line") != first)
    contradicting = later.filter(~pl.col("same")).with_columns(
        reason=pl.format("other answers than line {} under the same {}", "first", pl.lit(columns))
    )
    reasons = pl.select(
        pl.when(accepted["line"].is_in(contradicting["line"].implode())).then(
            pl.lit(f"rows of one {columns}")
        )
    ).to_series()
    _check_share(
        reasons, accepted, "say something else than one before under the same number", where
    )
    distinct = accepted.filter(~pl.col("line").is_in(later["line"].implode()))
    return distinct, int(later["same"].sum()), contradicting.select(none.columns)


def _check_asked(accepted: pl.DataFrame, raw: RawTable, study: Study, where: str) -> None:
    """Refuses a file that lacks an item its channels ask, or the identifier of invited respondents.

    Raises:
        IntakeError: the channel, and what it lacks; its answers would count as « not asked ».

    """
    for name in accepted["channel"].unique().sort():
        channel = study.channel(name)
        try:
            check_asked(channel.items, raw.mapping.items, raw.absent, name, strict=False)
        except ScopeError as error:
            raise IntakeError(error.what, where=where, hint=error.hint) from None
        if channel.invited and raw.mapping.respondent is None and "token" not in raw.absent:
            raise IntakeError(
                f"Channel {name} is invited, and the mapping names no `respondent`.",
                where=where,
                hint="name the column of tokens: without it nobody can tell who answered twice. "
                "If there are none, say so in the manifest: `absent: [token]`.",
            )


# --- writing out ----------------------------------------------------------------------------------


def _responses(accepted: pl.DataFrame, closed: list[str], study: Study) -> pl.DataFrame:
    not_asked = pl.lit(study.missing[MissingKind.NOT_ASKED], dtype=pl.Int16)
    items = [item.id for item in study.questionnaire.items if study.scale(item.id).kind != "text"]
    return accepted.select(
        "response_id",
        "directorate",
        "wave",
        "channel",
        "site",
        "population",
        "day",
        "delivery",
        "file",
        "line",
        *(pl.col(item) if item in closed else not_asked.alias(item) for item in items),
    )


def _verbatims(texts: pl.DataFrame, valid: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """The texts of the rows that count, redacted; those of a respondent's other rows go with the
    one that is kept.
    """
    owner = accepted.select("directorate", "respondent", "response_id", kept_wave="wave")
    rows = valid.select("line", "directorate", "respondent", "channel", "site")
    owned = rows.join(owner, on=["directorate", "respondent"], how="inner", maintain_order="left")
    verbatims = owned.join(texts, on="line", how="inner", maintain_order="left")
    verbatims = verbatims.unique(["response_id", "item", "text"], keep="first", maintain_order=True)
    return verbatims.select(
        "response_id",
        "item",
        "line",
        "directorate",
        "channel",
        "site",
        wave="kept_wave",
        text=redact_all(verbatims.get_column("text")),
    ).select("response_id", "item", "line", "directorate", "wave", "channel", "site", "text")


def _refused_rows(
    rows: pl.DataFrame, reasons: pl.Series, closed: list[str], study: Study
) -> pl.DataFrame:
    """`storage.Refused`: refused rows with the part of their content that cannot be personal data
    (site, day, answers by their codes).

    A cell that is no known answer is left out: where cells are shifted, it can hold a name.
    """
    sites = site_directorates(study)
    content = []
    for row in rows.iter_rows(named=True):
        known: dict[str, object] = {item: row[item] for item in closed if row[item] is not None}
        if row["site"] in sites:
            known["site"] = row["site"]
        if row["day"] is not None:
            known["day"] = row["day"].isoformat()
        content.append(json.dumps(known, sort_keys=True))
    return pl.DataFrame(
        {
            "line": rows.get_column("line"),
            "reason": reasons,
            "content": pl.Series(content, dtype=pl.String),
        }
    )


def _item_receipts(accepted: pl.DataFrame, closed: list[str], study: Study) -> pl.DataFrame:
    """Per closed item that a channel of the file asks: how many were asked, illegible, and not
    asked after all.
    """
    illegible = study.missing[MissingKind.ILLEGIBLE]
    not_asked = study.missing[MissingKind.NOT_ASKED]
    rows = []
    for channel, answers in accepted.group_by("channel", maintain_order=True):
        for item in study.channel(str(channel[0])).items:
            if study.scale(item).kind == "text":
                continue
            if item in closed:
                values = answers.get_column(item)
                counts = int((values == illegible).sum()), int((values == not_asked).sum())
            else:
                counts = 0, answers.height
            rows.append((item, answers.height, *counts))
    schema = {"item": pl.String, "kept": pl.Int64, "illegible": pl.Int64, "not_asked": pl.Int64}
    receipts = pl.DataFrame(rows, schema=schema, orient="row")
    return receipts.group_by("item", maintain_order=True).sum()


def _identities(valid: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    """The keys of the rows that count, duplicates included: see `HarmonisedFile.identities`."""
    scope = valid.select("channel", "wave", "line", "respondent", "identity")
    parts = [
        scope.select("channel", "wave", "line", kind=pl.lit("row"), key="identity").drop_nulls(
            "key"
        )
    ]
    if mapping.respondent is not None:
        respondents = scope.filter(~pl.col("respondent").str.starts_with("\x1f"))
        parts.append(
            respondents.select(
                "channel", "wave", "line", kind=pl.lit("respondent"), key="respondent"
            )
        )
    return pl.concat(parts)
