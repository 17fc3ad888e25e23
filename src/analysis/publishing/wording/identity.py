"""Who speaks, of what, when: names, dates, how many answered of how many, what others published."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.released import ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.sentences import Sentence, Wording, lower_first, upper_first
from analysis.study import Claim, Directorate, Reference
from analysis.study.references import Context, Difference, Published


def collected(wording: Wording) -> str:
    """The days of the field of the edition's wave."""
    return wording.language.text(
        "identity_field", period=wording.language.period(wording.wave.start, wording.wave.end)
    )


def next_edition(wording: Wording) -> str:
    """When the next edition is planned; empty where nobody says."""
    day = wording.wave.next_publication
    return "" if day is None else wording.language.text("planned", day=wording.language.day(day))


def respondents(wording: Wording, figure: ReleasedFigure) -> str:
    """How many people answered in a channel, or how often its kiosks were pressed."""
    if figure.hidden:
        return wording.language.text("answers_hidden")
    count = int(figure.shown_value)
    if figure.claim == Claim.ALERT:
        return wording.answers(count, figure.claim)
    noun = wording.language.text("respondents_one" if count == 1 else "respondents_many")
    return f"{wording.language.number(count)} {noun}"


def answers_by_directorate(
    wording: Wording,
    figures: ReleasedFigures,
    directorates: Sequence[Directorate],
    *,
    named: bool,
) -> Sentence | None:
    """How many answers the results of each directorate rest on, after its full name if `named`;
    None where there are none.
    """
    parts: list[str] = []
    keys: list[str] = []
    for directorate in directorates:
        rows = reference_answers(wording, figures, directorate)
        if not rows:
            continue
        counts = [
            wording.language.text(
                "answers_of_channel",
                answers=respondents(wording, row),
                channel=_channel(wording, row),
            )
            if len(rows) > 1
            else respondents(wording, row)
            for row in rows
        ]
        listed = wording.language.listing(counts)
        parts.append(
            wording.language.text(
                "answers_of_directorate",
                directorate=wording.directorate_name(directorate),
                answers=listed,
            )
            if named
            else listed
        )
        keys += [row.key for row in rows]
    if not parts:
        return None
    return Sentence(wording.language.enumeration(parts), "answers_by_directorate", tuple(keys))


def participation(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate, *, named: bool
) -> Sentence | None:
    """The answers of each channel that the results of a directorate rest on, with the people drawn
    and the response rate where there are any; None where nobody answered. `named` with the
    directorate's short name.
    """
    parts: list[Sentence] = []
    for answers in reference_answers(wording, figures, directorate):
        channel, found = _channel(wording, answers), respondents(wording, answers)
        about = {
            "directorate": directorate.id,
            "wave": wording.wave.id,
            "category": answers.category,
        }
        drawn = figures.find("participation", **about, definition="drawn")
        rate = figures.find("participation", **about, definition="RR2")
        if drawn is None or rate is None:
            said = wording.said("answers_of_channel", [answers], answers=found, channel=channel)
        else:
            said = wording.said(
                "answers_of_sample",
                [answers, drawn, rate],
                answers=found,
                channel=channel,
                rate=wording.formats.value(rate),
                drawn=wording.formats.value(drawn),
            )
        parts.append(said)
    if not parts:
        return None
    text = wording.language.enumeration([part.text for part in parts])
    if named:
        text = wording.language.text(
            "answers_of_directorate", directorate=directorate.acronym, answers=text
        )
    keys = tuple(key for part in parts for key in part.figures)
    return Sentence(text, "+".join(dict.fromkeys(part.rule for part in parts)), keys)


def reference_answers(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate
) -> list[ReleasedFigure]:
    """The released counts of the channels that a directorate's results rest on, in their order."""
    counts = {
        figure.category: figure
        for figure in figures.select(
            "answers", directorate=directorate.id, wave=wording.wave.id, breakdown="channel"
        )
    }
    channels = wording.study.reference_channels(directorate.id)
    return [counts[channel.id] for channel in channels if channel.id in counts]


def _channel(wording: Wording, figure: ReleasedFigure) -> str:
    return lower_first(wording.category(figure))


# --- references -----------------------------------------------------------------------------------


def reference_value(wording: Wording, reference: Reference) -> str:
    """The value of a reference, as the results beside it are printed."""
    definition, language = wording.study.definition(reference.definition), wording.language
    if definition.kind == "mean":
        return language.number(reference.value, decimals=1)
    if definition.kind == "net":
        return language.points(reference.value / 100)
    return language.percent(reference.value / 100)


def context_value(wording: Wording, context: Context) -> str:
    """The value of a figure that is told as context, with its unit where the number lacks one."""
    language = wording.language
    if context.unit == "percent":
        return language.percent(context.value / 100)
    if context.unit == "points":
        return language.points(context.value / 100)
    if context.unit == "score_10":
        return language.number(context.value, decimals=1)
    return language.number(context.value)


def reference_title(wording: Wording, reference: Published) -> str:
    """What a reference is, and when it was measured."""
    return wording.language.typeset(f"{reference.label}, {reference.date}")


def asked_of(wording: Wording, reference: Published) -> str:
    """Of whom a reference is, and by what they were asked where its source says so."""
    population = wording.language.typeset(reference.population.label)
    if reference.mode is None:
        return population
    mode = wording.language.text(f"mode_{reference.mode}")
    return wording.language.text("asked_by", population=population, mode=mode)


def reason_apart(wording: Wording, differences: Sequence[Difference]) -> str:
    """Why a reference cannot stand beside a result, in words."""
    reasons = [wording.language.text(f"apart_{difference}") for difference in differences]
    return upper_first(wording.language.listing(reasons))
