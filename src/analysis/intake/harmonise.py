"""From a raw table to responses: one row per respondent, codes of the study, every refusal with its reason."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import polars as pl

from analysis.errors import IntakeError
from analysis.intake.manifest import DateColumn, ItemColumn, Mapping, Selector
from analysis.intake.personal_data import pseudonym, redact, redact_row
from analysis.intake.readers import RawTable
from analysis.study import MissingKind, Study

MOST_OFF_SCALE = 0.05
"""Above this share of rows with an answer outside its scale, the mapping is at fault rather than the rows."""


@dataclass(frozen=True)
class Received:
    """What a file became; received = kept + refused + duplicates.

    Attributes:
        responses: `storage.Responses` and one Int16 column per closed item of the questionnaire.
        verbatims: `storage.Verbatims`.
        refused: `storage.Refused`.
        receipt: `storage.Receipts`, one row.

    """

    responses: pl.DataFrame
    verbatims: pl.DataFrame
    refused: pl.DataFrame
    receipt: pl.DataFrame


def harmonise(raw: RawTable, study: Study, *, delivery: str, file: str, where: str) -> Received:
    """Reads a raw table by its mapping.

    A row is refused for its width, its place, its date or an answer outside the scale, in that order. Of several
    rows of one respondent in a directorate, the mapping's rule keeps one; the texts of the others are kept with it.

    Raises:
        IntakeError: more than 5 % of the rows have an answer outside its scale.

    """
    mapping = raw.mapping
    days, ambiguous = _days(raw.rows.get_column(mapping.day.column), mapping.day)
    closed = {item: column for item, column in mapping.items.items() if study.scale(item).kind != "text"}
    codes = {item: _codes(raw.rows.get_column(column.column), column, study) for item, column in closed.items()}
    site = _selected(raw.rows, mapping.site)
    placed = pl.DataFrame(
        {
            "row": pl.Series(range(raw.rows.height), dtype=pl.Int64),
            "line": raw.lines,
            "day": days,
            "site": site,
            "channel": _selected(raw.rows, mapping.channel),
            "directorate": _selected(raw.rows, mapping.directorate)
            if mapping.directorate
            else site.replace_strict(_owners(study), default=None, return_dtype=pl.String),
            "wave": _selected(raw.rows, mapping.wave) if mapping.wave else _waves(days, study),
            "respondent": _respondents(raw),
            "finished": _finished(raw),
        }
    ).with_columns(population=_population(study))
    reason = _reasons(raw, placed, codes, study, where)
    refused = placed.select("row", "line").with_columns(reason=reason).filter(pl.col("reason").is_not_null())
    good = placed.filter(reason.is_null())
    kept, duplicates = _one_per_respondent(good, mapping)
    kept = kept.with_columns(
        response_id=pl.Series([pseudonym(delivery, file, str(line)) for line in kept["line"]], dtype=pl.String),
        delivery=pl.lit(delivery),
        file=pl.lit(file),
    )
    receipt = pl.DataFrame(
        {
            "delivery": [delivery],
            "file": [file],
            "received": [raw.rows.height],
            "kept": [kept.height],
            "refused": [refused.height],
            "duplicates": [duplicates],
            "ambiguous_dates": [ambiguous],
        }
    )
    return Received(
        _responses(kept, codes, study), _verbatims(raw, good, kept, study), _refused(raw, refused, delivery, file), receipt
    )


# --- reading columns -----------------------------------------------------------------------------------


def normalise(text: str) -> str:
    """A label as it is compared: compatibility form, plain apostrophes, single spaces, lower case."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split()).casefold()


def _normalised(values: pl.Series) -> pl.Series:
    """`normalise` over a column, once per distinct text."""
    distinct = values.unique()
    return values.replace_strict(distinct, pl.Series([normalise(text) for text in distinct]), return_dtype=pl.String)


def _selected(rows: pl.DataFrame, selector: Selector | None) -> pl.Series:
    """The identifiers a selector gives each row; null where its column says nothing known."""
    if selector is None:
        return pl.Series([None] * rows.height, dtype=pl.String)
    if selector.column is None:
        return pl.Series([selector.value] * rows.height, dtype=pl.String)
    if selector.column not in rows.columns:
        raise IntakeError.unknown("column", selector.column, rows.columns)
    values = _normalised(rows.get_column(selector.column))
    if selector.values is None:
        return values
    known = {normalise(name): identifier for name, identifier in selector.values.items()}
    return values.replace_strict(known, default=None, return_dtype=pl.String)


def _days(values: pl.Series, column: DateColumn) -> tuple[pl.Series, int]:
    """Dates by shape, and how many could be read as two different days by the formats declared for their shape."""
    values = values.str.strip_chars()
    shape = values.str.replace_all(r"\d", "9")
    days = pl.Series([None] * len(values), dtype=pl.Date)
    ambiguous = 0
    for rule in column.shapes:
        here = shape == rule.shape
        texts = values.set(~here, None)
        readings = [
            texts.str.to_datetime(pattern, strict=False).dt.date()
            if "%H" in pattern
            else texts.str.to_date(pattern, strict=False)
            for pattern in rule.formats
        ]
        first = pl.select(pl.coalesce(readings)).to_series()
        days = pl.select(pl.when(here).then(first).otherwise(days)).to_series()
        if len(readings) > 1:
            ambiguous += sum(int((first != other).fill_null(value=False).sum()) for other in readings[1:])
    return days, ambiguous


def _codes(values: pl.Series, column: ItemColumn, study: Study) -> pl.Series:
    """The codes of a column of answers; null where a text is neither a level nor a missing code."""
    empty = study.missing[MissingKind.REFUSED] if column.empty is None else column.empty
    known = {normalise(text): code for text, code in (column.values or {}).items()}
    known[""] = known.get("", empty)
    return _normalised(values).replace_strict(known, default=None, return_dtype=pl.Int16)


def _owners(study: Study) -> dict[str, str]:
    return {site.id: directorate.id for directorate in study.directorates for site in directorate.sites}


def _waves(days: pl.Series, study: Study) -> pl.Series:
    result = pl.Series([None] * len(days), dtype=pl.String)
    for wave in study.waves:
        inside = days.is_between(wave.start, wave.end).fill_null(value=False)
        result = pl.select(pl.when(inside).then(pl.lit(wave.id)).otherwise(result)).to_series()
    return result


def _population(study: Study) -> pl.Expr:
    default = study.organisation.populations[0].id
    special = {site.id: site.population for directorate in study.directorates for site in directorate.sites if site.population}
    return pl.col("site").replace_strict(special, default=default, return_dtype=pl.String).fill_null(default)


# --- refusing ------------------------------------------------------------------------------------------


def _reasons(raw: RawTable, placed: pl.DataFrame, codes: dict[str, pl.Series], study: Study, where: str) -> pl.Series:
    """(n,) the first reason to refuse each row, or null."""
    starts = {wave.id: wave.start for wave in study.waves}
    ends = {wave.id: wave.end for wave in study.waves}
    start = pl.col("wave").replace_strict(starts, default=None, return_dtype=pl.Date)
    end = pl.col("wave").replace_strict(ends, default=None, return_dtype=pl.Date)
    mapping = raw.mapping
    rules = pl.coalesce(
        raw.refusals,
        _when(pl.lit(mapping.site is not None) & ~pl.col("site").is_in(list(_owners(study))), "unknown site"),
        _when(~pl.col("directorate").is_in([one.id for one in study.directorates]), "unknown directorate"),
        _when(~pl.col("channel").is_in([one.id for one in study.about.channels]), "unknown channel"),
        _when(pl.col("day").is_null(), "unreadable date"),
        _when(~pl.col("wave").is_in(list(starts)), "date outside every wave"),
        _when((pl.col("day") < start) | (pl.col("day") > end), "date outside the wave's field"),
    )
    reason = placed.select(rules.alias("reason")).to_series()
    off_scale = pl.Series([None] * placed.height, dtype=pl.String)
    for item, values in codes.items():
        wrong = values.is_null() & raw.refusals.is_null()
        named = pl.select(pl.when(wrong).then(pl.lit(f"{item}: answer outside its scale"))).to_series()
        off_scale = pl.select(pl.coalesce(off_scale, named)).to_series()
    count = off_scale.is_not_null().sum()
    if count > max(1, MOST_OFF_SCALE * placed.height):
        first = int(off_scale.is_not_null().arg_true()[0])
        raise IntakeError(
            f"{count} of {placed.height} rows have an answer outside its scale; first {off_scale[first]}.",
            where=f"{where}, line {raw.lines[first]}",
            hint="the mapping or questionnaire.yml is at fault: name these answers there.",
        )
    constrained = _forbidden(placed, codes, study)
    return pl.select(pl.coalesce(reason, off_scale, constrained).alias("reason")).to_series()


def _when(condition: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(condition.fill_null(value=True)).then(pl.lit(reason))


def _forbidden(placed: pl.DataFrame, codes: dict[str, pl.Series], study: Study) -> pl.Series:
    """A reason where a population under constraint was asked what it must never be asked."""
    result = pl.Series([None] * placed.height, dtype=pl.String)
    for population in study.organisation.populations:
        if not population.constrained:
            continue
        members = placed.get_column("population") == population.id
        for item, values in codes.items():
            if study.item(item).role == "profile" or item in (population.items or ()):
                continue
            asked = members & values.is_in(list(study.scale(item).codes))
            text = f"{item} was asked to a population under constraint"
            result = pl.select(pl.coalesce(result, pl.when(asked).then(pl.lit(text)))).to_series()
    return result


def _respondents(raw: RawTable) -> pl.Series:
    """Who each row is from: the identifying column where it says something, else the row itself."""
    alone = pl.concat_str([pl.lit("\x1f"), raw.lines.cast(pl.String)])
    if raw.mapping.respondent is None:
        return pl.select(alone).to_series()
    said = raw.rows.get_column(raw.mapping.respondent.column).str.strip_chars()
    return pl.select(pl.when(said != "").then(said).otherwise(alone)).to_series()


def _finished(raw: RawTable) -> pl.Series:
    column = raw.mapping.respondent.finished if raw.mapping.respondent else None
    return pl.Series([True] * raw.rows.height) if column is None else raw.rows.get_column(column) != ""


def _one_per_respondent(good: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, int]:
    """The row of each respondent that counts: a finished one if there is any, then the first or the last."""
    keep = mapping.respondent.keep if mapping.respondent else "first"
    ordered = good.sort("finished", "row", descending=[keep == "first", False])
    kept = ordered.unique(["directorate", "respondent"], keep=keep, maintain_order=True).sort("row")
    return kept, good.height - kept.height


# --- writing out ---------------------------------------------------------------------------------------


def _responses(kept: pl.DataFrame, codes: dict[str, pl.Series], study: Study) -> pl.DataFrame:
    rows = kept.get_column("row")
    not_asked = study.missing[MissingKind.NOT_ASKED]
    items = [item.id for item in study.questionnaire.items if study.scale(item.id).kind != "text"]
    return kept.select(
        "response_id", "directorate", "wave", "channel", "site", "population", "day", "delivery", "file", "line",
        *(
            codes[item].gather(rows).alias(item) if item in codes else pl.lit(not_asked, dtype=pl.Int16).alias(item)
            for item in items
        ),
    )  # fmt: skip


def _verbatims(raw: RawTable, good: pl.DataFrame, kept: pl.DataFrame, study: Study) -> pl.DataFrame:
    owner = kept.select("directorate", "respondent", "response_id", kept_wave="wave")
    owned = good.join(owner, on=["directorate", "respondent"], how="inner", maintain_order="left")
    parts = [owned.clear().select("response_id", "line", "directorate", "channel", "site").with_columns(
        item=pl.lit(""), wave=pl.lit(""), text=pl.lit("")
    )]  # fmt: skip
    for item, column in raw.mapping.items.items():
        if study.scale(item).kind != "text":
            continue
        ignored = [normalise(text) for text in column.ignore]
        texts = raw.rows.get_column(column.column).gather(owned.get_column("row")).str.replace(r"^'=", "=")
        plain = _normalised(texts)
        spoken = (plain != "") & ~plain.is_in(ignored) if len(owned) else pl.Series([], dtype=pl.Boolean)
        part = owned.filter(spoken)
        parts.append(
            part.select("response_id", "line", "directorate", "channel", "site").with_columns(
                item=pl.lit(item),
                wave=part.get_column("kept_wave"),
                text=pl.Series([redact(text.strip()) for text in texts.filter(spoken)], dtype=pl.String),
            )
        )
    columns = ["response_id", "item", "line", "directorate", "wave", "channel", "site", "text"]
    return pl.concat([part.select(columns) for part in parts])


def _refused(raw: RawTable, refused: pl.DataFrame, delivery: str, file: str) -> pl.DataFrame:
    """Refused rows with the redacted content of the columns that the mapping reads; none where cells are shifted."""
    mapping = raw.mapping
    selectors = (mapping.directorate, mapping.wave, mapping.channel, mapping.site)
    read = [one.column for one in selectors if one is not None and one.column is not None]
    read += [mapping.day.column, *(column.column for column in mapping.items.values())]
    numbers = refused.get_column("row").to_list()
    columns = list(dict.fromkeys(read))
    rows = raw.rows.select(columns)[numbers] if numbers else raw.rows.select(columns).clear()
    shifted = raw.refusals.gather(numbers).is_not_null()
    content = ["{}" if crooked else redact_row(row) for crooked, row in zip(shifted, rows.iter_rows(named=True), strict=True)]
    return refused.select(delivery=pl.lit(delivery), file=pl.lit(file), line="line", reason="reason").with_columns(
        content=pl.Series(content, dtype=pl.String)
    )
