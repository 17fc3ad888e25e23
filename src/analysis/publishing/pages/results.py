"""The sections of publication pages. Each takes a voice, answers one question, and shows only what
was released.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from analysis.publishing import charts
from analysis.publishing.blocks import Block, Reading, callout, figure, heading, join, table
from analysis.publishing.wording.sentences import Row, Voice, hidden
from analysis.study import Claim, Directorate, Wave

FIGURES = "figures"


def banner(voice: Voice) -> Block:
    """The mention on each page made from simulated data; nothing otherwise."""
    if not is_simulated(voice):
        return Block("")
    return Block(
        callout(voice.language.text("simulated_title"), voice.language.text("simulated_text"))
    )


def is_simulated(voice: Voice) -> bool:
    """Whether any released figure comes from simulated data."""
    return bool(voice.released.get_column("simulated").any())


def overview(voice: Voice, directorate: Directorate, folder: Path) -> Block:
    """How the core questions are answered: stacked bars, and the same in a table."""
    language, study = voice.language, voice.study
    rows = _headline(voice, directorate)
    likert = [row for row in rows if len(study.scale(row["item"]).levels) == len(charts.LIKERT)]
    if not likert:
        return Block("")
    likert.sort(key=lambda row: -(row["value"] or 0))
    shares = {row["item"]: _level_rows(voice, directorate, row) for row in likert}
    drawn = [row for row in likert if any(not hidden(level) for level in shares[row["item"]])]
    if not drawn:
        return join(heading(language.text("finding_hidden")))
    labels = {row["item"]: study.indicator(row["indicator"]).label for row in likert}
    left_out = [language.quoted(labels[row["item"]]) for row in likert if row not in drawn]
    scales = {study.item(row["item"]).scale for row in likert}
    named = study.scale(likert[0]["item"]).levels
    levels = [
        language.text(f"level_{place}") if len(scales) > 1 else language.typeset(level.label)
        for place, level in enumerate(named, start=1)
    ]
    every = [level for row in likert for level in shares[row["item"]]]
    written = [
        [voice.value(level, beside=every) for level in shares[row["item"]]] for row in likert
    ]
    name = f"likert-{directorate.id}"
    charts.save(
        folder / FIGURES,
        name,
        mark=simulated_mark(voice),
        height=1.1 + charts.height_of([labels[row["item"]] for row in drawn], least=0.5),
        draw=lambda axes: charts.likert(
            axes,
            labels=[labels[row["item"]] for row in drawn],
            levels=levels,
            write=language.percent,
            shares=[[level["value"] for level in shares[row["item"]]] for row in drawn],
        ),
    )
    best, worst = drawn[0], drawn[-1]
    alt = language.text(
        "alt_likert",
        best=labels[best["item"]],
        best_value=voice.value(best),
        worst=labels[worst["item"]],
        worst_value=voice.value(worst),
    )
    columns = {language.text("column_indicator"): [labels[row["item"]] for row in likert]}
    columns |= {label: [cells[place] for cells in written] for place, label in enumerate(levels)}
    columns[language.text("column_value")] = [voice.flagged(row, beside=likert) for row in likert]
    columns[language.text("column_base")] = [voice.base(row) for row in likert]
    field = voice.field(directorate, best["claim"])
    caption = language.text("caption_likert", field=directorate.acronym, wave=voice.wave_label())
    return join(
        heading(_finding(voice, likert)),
        figure(name, alt=alt, caption=caption),
        Reading(
            lecture=voice.lecture(likert),
            field=field,
            source=voice.source(),
            note=voice.notes(
                every,
                language.text("note_likert"),
                language.text("note_left_out", items=language.listing(left_out))
                if left_out
                else "",
            ),
        ).markdown(language),
        table(name, columns=columns, caption=caption, numeric=list(columns)[1:]),
    )


def headline(voice: Voice, directorate: Directorate) -> Block:
    """The core indicators with their interval and their change."""
    language = voice.language
    rows = _headline(voice, directorate)
    words = {}
    for row in rows:
        found = voice.change(directorate.id, row["indicator"])
        if found is None:
            words[row["indicator"]] = ""
            continue
        change = voice.difference(found[0].value, row, decimals=voice.decimals(rows))
        words[row["indicator"]] = f"{language.text(f'word_{found[1]}')} ({change})"
    columns = {
        language.text("column_indicator"): [
            voice.study.indicator(row["indicator"]).label for row in rows
        ],
        language.text("column_value"): [voice.flagged(row, beside=rows) for row in rows],
        language.text(f"column_interval_{_claim(rows)}"): [
            voice.interval(row, beside=rows) for row in rows
        ],
        language.text("column_base"): [voice.base(row) for row in rows],
        language.text("column_change"): [words[row["indicator"]] for row in rows],
    }
    reading = Reading(
        lecture=voice.lecture(rows),
        field=voice.field(directorate, rows[0]["claim"]) if rows else "",
        note=voice.notes(rows, language.text("note_change", threshold=voice.threshold())),
        source=voice.source(),
    )
    caption = language.text("caption_headline", field=directorate.acronym, wave=voice.wave_label())
    return join(
        heading(language.text("finding_headline")),
        table("socle", columns=columns, caption=caption, numeric=list(columns)[1:]),
        reading.markdown(language),
    )


def trend(voice: Voice, directorate: Directorate, folder: Path, *, titled: bool = False) -> Block:
    """The overall indicator, wave after wave; `titled` names the directorate where a page shows
    several.
    """
    language, indicator = voice.language, voice.overall
    waves = voice.study.waves_until(voice.wave.id)
    rows = [
        voice.row(directorate=directorate.id, indicator=indicator.id, wave=wave.id)
        for wave in waves
    ]
    seen = [(wave, row) for wave, row in zip(waves, rows, strict=True) if row is not None]
    if not seen:
        return join(
            heading(_titled(voice, directorate, language.text("finding_hidden"), titled=titled))
        )
    together = [row for _, row in seen]
    name = f"tendance-{directorate.id}"
    charts.save(
        folder / FIGURES,
        name,
        height=3.0,
        mark=simulated_mark(voice),
        draw=lambda axes: charts.trend(
            axes,
            waves=[_short(wave) for wave in waves],
            values=_column(rows, "value"),
            low=_column(rows, "low"),
            high=_column(rows, "high"),
            **_axis(voice, seen[-1][1]),
        ),
    )
    (first, first_row), (last, last_row) = seen[0], seen[-1]
    alt = language.text(
        "alt_trend",
        first=voice.wave_label(first),
        first_value=voice.value(first_row),
        last=voice.wave_label(last),
        last_value=voice.value(last_row),
    )
    columns = {
        language.text("column_wave"): [voice.wave_label(wave) for wave in waves],
        language.text("column_value"): [
            language.text("sign_nd") if row is None else voice.flagged(row, beside=together)
            for row in rows
        ],
        language.text(f"column_interval_{_claim(together)}"): [
            language.text("sign_nd") if row is None else voice.interval(row, beside=together)
            for row in rows
        ],
        language.text("column_base"): [
            language.text("sign_nd") if row is None else voice.base(row) for row in rows
        ],
    }
    reading = Reading(
        lecture=voice.lecture(together[::-1]),
        field=voice.field(directorate, last_row["claim"]),
        source=voice.source(),
        note=voice.change_detail(directorate.id, indicator.id),
    )
    title = voice.change_sentence(directorate.id, indicator.id)
    caption = language.text("caption_trend", indicator=voice.subject, field=directorate.acronym)
    return join(
        heading(_titled(voice, directorate, title, titled=titled)),
        figure(name, alt=alt, caption=caption),
        reading.markdown(language),
        table(
            name,
            columns=columns,
            caption=language.text("caption_trend_table", indicator=voice.subject),
            numeric=list(columns)[1:],
        ),
    )


def channels(voice: Voice, directorate: Directorate) -> Block:
    """What each channel hears, with what may be claimed of it; nothing where there is one
    channel.
    """
    language, study = voice.language, voice.study
    breakdown = next((one.id for one in study.breakdowns if one.by == "channel"), None)
    if breakdown is None or len(study.directorate(directorate.id).channels) < 2:
        return Block("")
    heard: dict[str, Row] = {}
    subject = study.item(voice.overall.item).dimension
    for row in voice.rows(directorate=directorate.id, breakdown=breakdown):
        if study.item(row["item"]).dimension == subject:
            heard.setdefault(row["category"], row)
    rows = [heard[name] for name in study.directorate(directorate.id).channels if name in heard]
    columns = {
        language.text("column_channel"): [voice.category(row) for row in rows],
        language.text("column_value"): [voice.flagged(row, beside=rows) for row in rows],
        language.text("column_range"): [voice.interval(row, beside=rows) for row in rows],
        language.text("column_base"): [voice.base(row) for row in rows],
        language.text("column_claim"): [language.text(f"claim_{row['claim']}") for row in rows],
    }
    caption = language.text(
        "caption_channels",
        indicator=voice.subject,
        field=directorate.acronym,
        wave=voice.wave_label(),
    )
    pressed = any(study.channel(row["category"]).mode == "kiosk" for row in rows)
    notes = [language.text("note_channels"), language.text("note_kiosks") if pressed else ""]
    return join(
        heading(language.text("finding_channels")),
        table("canaux", columns=columns, caption=caption, numeric=list(columns)[1:4]),
        Reading(
            lecture=voice.lecture(rows[::-1]),
            note=voice.notes(rows, *notes),
            source=voice.source(),
        ).markdown(language),
    )


def profiles(voice: Voice, directorate: Directorate) -> Block:
    """The overall indicator by profile."""
    language, study = voice.language, voice.study
    rows: list[Row] = []
    names: list[str] = []
    for breakdown in study.breakdowns:
        if breakdown.by not in ("channel", "site"):
            found = voice.rows(
                directorate=directorate.id, breakdown=breakdown.id, indicator=voice.overall.id
            )
            rows += found
            names += [
                f"{language.typeset(breakdown.label)} – {voice.category(row)}" for row in found
            ]
    if not rows:
        return Block("")
    columns = {
        language.text("column_category"): names,
        language.text("column_value"): [voice.flagged(row, beside=rows) for row in rows],
        language.text(f"column_interval_{_claim(rows)}"): [
            voice.interval(row, beside=rows) for row in rows
        ],
        language.text("column_base"): [voice.base(row) for row in rows],
    }
    caption = language.text(
        "caption_profiles",
        indicator=voice.subject,
        field=directorate.acronym,
        wave=voice.wave_label(),
    )
    return join(
        heading(language.text("finding_profiles", indicator=voice.subject)),
        table("profils", columns=columns, caption=caption, numeric=list(columns)[1:]),
        Reading(
            lecture=voice.lecture(rows),
            field=voice.field(directorate, rows[0]["claim"]),
            note=voice.notes(rows),
            source=voice.source(),
        ).markdown(language),
    )


def summary(voice: Voice) -> Block:
    """The overall indicator of each directorate: the five numbers of the first page."""
    language, study = voice.language, voice.study
    rows: list[tuple[Directorate, Row]] = []
    for directorate in study.directorates:
        found = voice.rows(directorate=directorate.id, indicator=voice.overall.id)
        rows += [(directorate, row) for row in found]
    together = [row for _, row in rows]
    words = []
    for directorate, _ in rows:
        change = voice.change(directorate.id, voice.overall.id)
        words.append(
            language.text("sign_nd") if change is None else language.text(f"word_{change[1]}")
        )
    columns = {
        language.text("column_directorate"): [one.acronym for one, _ in rows],
        language.text("column_value"): [voice.flagged(row, beside=together) for _, row in rows],
        language.text(f"column_interval_{_claim(together)}"): [
            voice.interval(row, beside=together) for _, row in rows
        ],
        language.text("column_base"): [voice.base(row) for _, row in rows],
        language.text("column_change"): words,
    }
    shown = [(one, row) for one, row in rows if not hidden(row)]
    claim = _claim([row for _, row in shown])
    values = language.listing(
        [f"{voice.value(row, beside=together)} ({one.acronym})" for one, row in shown]
    )
    title = (
        language.text(f"finding_summary_{claim}", indicator=voice.subject, values=values)
        if shown
        else language.text("finding_hidden")
    )
    return join(
        heading(title),
        table(
            "synthese",
            columns=columns,
            caption=language.text(
                "caption_summary", indicator=voice.subject, wave=voice.wave_label()
            ),
            numeric=list(columns)[1:],
        ),
        Reading(
            lecture=voice.lecture(together),
            note=voice.notes(together, language.text("note_change", threshold=voice.threshold())),
            source=voice.source(),
        ).markdown(language),
    )


# --- parts ----------------------------------------------------------------------------------------


def _axis(voice: Voice, row: Row) -> dict[str, Any]:
    """How the values of a row's kind are drawn: scale, limits, label, and how each is printed."""
    language = voice.language
    if row["kind"] == "mean":
        most = voice.study.definition(row["definition"]).maximum or 1.0
        return {
            "scale": 1,
            "limits": (0, most),
            "label": language.text("axis_score", maximum=language.number(most)),
            "write": partial(language.number, decimals=1),
        }
    if row["kind"] == "balance":
        label = language.text("axis_balance")
        return {"limits": (-100, 100), "label": label, "write": language.points}
    return {"label": language.text("axis_share"), "write": language.percent}


def _headline(voice: Voice, directorate: Directorate) -> list[Row]:
    rows = voice.rows(directorate=directorate.id)
    return [row for row in rows if voice.study.indicator(row["indicator"]).headline]


def _level_rows(voice: Voice, directorate: Directorate, row: Row) -> list[Row]:
    """The shares of each level of the item of a row, worst first."""
    codes = voice.study.scale(row["item"]).codes
    return [
        level
        for code in codes
        for level in voice.rows(
            directorate=directorate.id, indicator=row["indicator"], definition=f"P{code}"
        )
    ]


def _finding(voice: Voice, rows: list[Row]) -> str:
    if len(rows) >= 3:
        return voice.overview(rows)
    shown = [row for row in rows if not hidden(row)]
    if not shown:
        return voice.language.text("finding_hidden")
    return voice.language.text(
        f"finding_overall_{_claim(shown)}",
        indicator=voice.language.typeset(voice.study.indicator(shown[0]["indicator"]).label),
        value=voice.value(shown[0]),
    )


def _claim(rows: list[Row]) -> str:
    """The weakest claim of some rows: that of what is said of them together."""
    return Claim.weakest([Claim(row["claim"]) for row in rows] or [Claim.TREND]).value


def _titled(voice: Voice, directorate: Directorate, text: str, *, titled: bool) -> str:
    """A finding, with its directorate's name where a page shows several."""
    if not titled:
        return text
    return voice.language.text(
        "titled", directorate=directorate.acronym, text=text[0].lower() + text[1:]
    )


def _column(rows: list[Row | None], name: str) -> list[float | None]:
    return [None if row is None else row[name] for row in rows]


def simulated_mark(voice: Voice) -> str | None:
    """The mention inside an image made from simulated data."""
    return voice.language.text("simulated_mark") if is_simulated(voice) else None


def _short(wave: Wave) -> str:
    return wave.id
