"""The page on method: what was collected, who answered, how to read, what is not published."""

from __future__ import annotations

import re

import polars as pl

from analysis.inference import UNKNOWN
from analysis.publishing.blocks import Block, Reading, heading, join, plain, table
from analysis.publishing.wording.sentences import Voice
from analysis.study import Directorate


def collected(voice: Voice, collection: pl.DataFrame) -> Block:
    """Answers received by channel, over the directorates."""
    language = voice.language
    answers = _of(collection, voice, "answers")
    columns: dict[str, list[str]] = {language.text("column_channel"): []}
    for directorate in voice.study.directorates:
        columns[directorate.acronym] = []
    columns[language.text("column_claim")] = []
    used = [one for one in voice.study.channels if one.id in answers.get_column("category")]
    for channel in used:
        columns[language.text("column_channel")].append(language.typeset(channel.label))
        for directorate in voice.study.directorates:
            here = answers.filter(
                (pl.col("category") == channel.id) & (pl.col("directorate") == directorate.id)
            )
            base = here.get_column("base").to_list()
            columns[directorate.acronym].append(
                _count(voice, base[0]) if base else language.text("sign_so")
            )
        columns[language.text("column_claim")].append(
            f"{language.text(f'claim_{channel.claim}')} ({language.typeset(channel.claim_reason)})"
        )
    caption = language.text("caption_collection", wave=voice.wave_label())
    numeric = [directorate.acronym for directorate in voice.study.directorates]
    return join(
        heading(language.text("method_collection_head")),
        table("collecte", columns=columns, caption=caption, numeric=numeric),
        Reading(
            note=_notes(voice, " ".join(map(str, columns.values()))), source=voice.source()
        ).markdown(language),
    )


def weighting(voice: Voice, collection: pl.DataFrame) -> Block:
    """Who answers against who is served, before raking, and what raking did; nothing where nothing
    was raked.
    """
    parts = [_margins(voice, collection, directorate) for directorate in voice.study.directorates]
    if not any(parts):
        return Block("")
    language = voice.language
    return join(
        heading(language.text("method_weights_head")),
        *parts,
        Reading(
            note=_notes(voice, "\n".join(parts), language.text("note_margins")),
            source=voice.source(),
        ).markdown(language),
    )


def reading_guide(voice: Voice) -> Block:
    """How to read a result, and the definitions in force."""
    language = voice.language
    definitions = voice.study.definitions
    columns = {
        language.text("column_definition"): [one.id for one in definitions],
        language.text("column_version"): [one.version for one in definitions],
        language.text("column_meaning"): [language.typeset(one.label) for one in definitions],
    }
    return join(
        heading(language.text("method_reading_head")),
        language.text("method_reading"),
        table("definitions", columns=columns, caption=language.text("caption_definitions")),
        Reading(source=voice.source()).markdown(language),
    )


def privacy(voice: Voice) -> Block:
    """What is not published, and who is never asked."""
    language, thresholds = voice.language, voice.study.thresholds
    constrained = [one.label for one in voice.study.populations if one.constrained]
    listed = language.listing([label[0].lower() + label[1:] for label in constrained])
    return join(
        heading(language.text("method_privacy_head")),
        language.text(
            "method_thresholds",
            suppressed=language.number(thresholds.suppressed_below),
            fragile=language.number(thresholds.fragile_below),
            fragile_last=language.number(thresholds.fragile_below - 1),
            caution_last=language.number(thresholds.caution_below - 1),
        ),
        language.text("method_constrained", populations=plain(listed)) if constrained else "",
    )


def _margins(voice: Voice, collection: pl.DataFrame, directorate: Directorate) -> str:
    language = voice.language
    here = collection.filter(
        (pl.col("directorate") == directorate.id)
        & (pl.col("variable") != "site")
        & (pl.col("wave") == voice.wave.id)
    )
    sample = here.filter(pl.col("measure") == "sample_share").sort("variable", "category")
    frame = {
        (row["variable"], row["category"]): row["value"]
        for row in here.filter(pl.col("measure") == "frame_share").iter_rows(named=True)
    }
    if sample.is_empty():
        return ""
    names, shares, known, gaps = [], [], [], []
    for row in sample.iter_rows(named=True):
        unknown = row["category"] == UNKNOWN
        label = (
            language.text("unknown_category")
            if unknown
            else language.typeset(row["category_label"])
        )
        names.append(f"{language.typeset(voice.study.item(row['variable']).short)} – {label}")
        target = frame.get((row["variable"], row["category"]))
        hidden, absent = language.text("sign_s"), language.text("sign_so" if unknown else "sign_s")
        shares.append(hidden if row["value"] is None else language.percent(row["value"]))
        known.append(absent if target is None else language.percent(target))
        gaps.append(
            absent
            if row["value"] is None or target is None
            else language.points(row["value"] - target)
        )
    columns = {
        language.text("column_category"): names,
        language.text("column_sample"): shares,
        language.text("column_frame"): known,
        language.text("column_gap"): gaps,
    }
    caption = language.text("caption_margins", field=directorate.acronym, wave=voice.wave_label())
    return table(
        f"marges-{directorate.id}", columns=columns, caption=caption, numeric=list(columns)[1:]
    )


def _of(collection: pl.DataFrame, voice: Voice, measure: str) -> pl.DataFrame:
    return collection.filter((pl.col("measure") == measure) & (pl.col("wave") == voice.wave.id))


def _count(voice: Voice, base: int | None) -> str:
    return voice.language.text("sign_s") if base is None else voice.language.number(base)


def _notes(voice: Voice, shown: str, *more: str) -> str:
    """What the signs that stand in a table mean."""
    language = voice.language
    signs = [
        key for key in ("s", "so") if re.search(rf"[>']{language.text(f'sign_{key}')}[<']", shown)
    ]
    return voice.sentences([*more, *(language.text(f"note_{key}") for key in signs)])
