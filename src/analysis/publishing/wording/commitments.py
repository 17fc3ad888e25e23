"""The sentences on commitments: what was promised, what users and those who manage say of it, and
what was decided since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.disclosure import Status
from analysis.publishing.released import TOTAL, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.changes import change_in_short
from analysis.publishing.wording.formats import SCORE
from analysis.publishing.wording.sentences import Sentence, Wording, range_text, upper_first
from analysis.study import Action, Claim, Commitment, Directorate

LAYER, MEASURED = "commitments", "management"


@dataclass(frozen=True)
class Followed:
    """What is released of a commitment of a directorate.

    Attributes:
        commitment, directorate: Which, of whom.
        reading: What the two sides say together; its word is empty where it is hidden.
        perceived, target: The perceived side, and from which value it counts as kept.
        estimate: The perceived indicator as other pages print it.
        measured, norm, announced: The measured side, the announced bound, and what users were told.
        posted, not_posted, gap: The perceived indicator where it is posted, and where it is not.
        sites: How many sites post it, of how many that are open.

    """

    commitment: Commitment
    directorate: Directorate
    reading: ReleasedFigure
    perceived: ReleasedFigure | None = None
    target: ReleasedFigure | None = None
    estimate: ReleasedFigure | None = None
    measured: ReleasedFigure | None = None
    norm: ReleasedFigure | None = None
    announced: ReleasedFigure | None = None
    posted: ReleasedFigure | None = None
    not_posted: ReleasedFigure | None = None
    gap: ReleasedFigure | None = None
    sites: tuple[ReleasedFigure, ReleasedFigure] | None = None

    @property
    def word(self) -> str:
        """The reading, or `hidden`."""
        return self.reading.word or "hidden"


def followed(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate
) -> list[Followed]:
    """What is released of each commitment of a directorate, in the study's order."""
    about = {"directorate": directorate.id, "wave": wording.wave.id}
    found = []
    for reading in figures.select(LAYER, **about, kind="reading"):
        commitment = wording.study.commitment(reading.indicator)
        own = {
            (figure.breakdown.partition(":")[0], figure.kind, figure.category): figure
            for figure in figures.select(LAYER, **about, indicator=commitment.id)
            if figure.key != reading.key
        }
        measured = {
            figure.definition: figure
            for figure in figures.select(
                MEASURED, **about, indicator=commitment.measured or "-", breakdown=TOTAL
            )
        }
        perceived = next(
            (
                figure
                for (breakdown, kind, _), figure in own.items()
                if breakdown == TOTAL and kind not in ("norm", "difference")
            ),
            None,
        )
        posting = {
            category: figure
            for (breakdown, _, category), figure in own.items()
            if breakdown == "posting"
        }
        counts = {
            category: figure
            for (breakdown, _, category), figure in own.items()
            if breakdown == "sites"
        }
        found.append(
            Followed(
                commitment=commitment,
                directorate=directorate,
                reading=reading,
                perceived=perceived,
                target=own.get((TOTAL, "norm", TOTAL)),
                estimate=_estimate(wording, figures, about, commitment, perceived),
                measured=measured.get("cohort"),
                norm=measured.get("norm"),
                announced=measured.get("announced"),
                posted=posting.get("posted"),
                not_posted=posting.get("not_posted"),
                gap=own.get(("posting_gap", "difference", TOTAL)),
                sites=(counts["posted"], counts["open"]) if counts else None,
            )
        )
    return found


def _estimate(
    wording: Wording,
    figures: ReleasedFigures,
    about: dict[str, str],
    commitment: Commitment,
    perceived: ReleasedFigure | None,
) -> ReleasedFigure | None:
    """The perceived indicator of a commitment as the directorate's page prints it."""
    if perceived is None:
        return None
    return figures.find(
        "estimates",
        **about,
        indicator=str(commitment.perceived),
        definition=wording.study.indicator(str(commitment.perceived)).definitions[0],
        breakdown=TOTAL,
    )


# --- what all of them amount to -------------------------------------------------------------------


def commitments_title(wording: Wording, found: Sequence[Followed]) -> Sentence:
    """How many commitments are kept as perceived, of those that are judged so, and how many as
    measured; in each directorate, where there are several.
    """
    by_directorate: dict[str, list[Followed]] = {}
    in_force = [one for one in found if one.word != "not_yet"]
    for one in found:
        own = by_directorate.setdefault(one.directorate.acronym, [])
        own += [one] if one in in_force else []
    figures = [
        figure for one in in_force for figure in (one.perceived, one.measured) if figure is not None
    ]
    counts = {acronym: _kept_by_side(wording, own) for acronym, own in by_directorate.items()}
    if len(counts) == 1:
        return wording.said("commitments_title", figures, **next(iter(counts.values())))
    parts = [
        wording.language.text("kept_sides", directorate=acronym, **sides)
        for acronym, sides in counts.items()
    ]
    return wording.said("commitments_title_all", figures, parts=wording.language.enumeration(parts))


def _kept_by_side(wording: Wording, found: Sequence[Followed]) -> dict[str, str]:
    """How many are kept, of how many that are judged, on each side."""
    number = wording.language.number
    sides = {
        "perceived": [one.perceived for one in found],
        "measured": [one.measured for one in found],
    }
    counts = {}
    for name, figures in sides.items():
        judged = [figure for figure in figures if figure is not None and figure.word]
        kept = sum(figure.word == "kept" for figure in judged)
        counts[name] = (
            wording.language.text("kept_count", kept=number(kept), count=number(len(judged)))
            if judged
            else wording.language.text("kept_count_none")
        )
    return counts


def reading_text(wording: Wording, one: Followed) -> Sentence:
    """What the two sides of a commitment say, each by its name; one verdict, where they agree."""
    text, rule = wording.language.text, f"commitment_{one.word}"
    sides = {
        name: figure
        for name, figure in (("measured", one.measured), ("perceived", one.perceived))
        if figure is not None and figure.word
    }
    keys = tuple(figure.key for figure in (one.reading, *sides.values()))
    if one.word == "not_yet":
        return Sentence(text("commitment_not_yet"), rule, keys)
    if one.word == "hidden":
        return Sentence(text("commitment_hidden"), rule, keys)
    if not sides:
        known = one.perceived is not None or one.measured is not None
        said = text("commitment_no_bound" if known else "commitment_unmeasured")
        return Sentence(said, rule, keys)
    words = {text(f"side_{figure.word}") for figure in sides.values()}
    if len(sides) > 1 and len(words) == 1:
        said = text("by_both", verdict=words.pop())
    else:
        parts = [
            text(f"by_{name}", verdict=text(f"side_{figure.word}"))
            for name, figure in sides.items()
        ]
        said = ", ".join(parts)
    return Sentence(said, rule, keys)


# --- each side ------------------------------------------------------------------------------------


def verdict(wording: Wording, figure: ReleasedFigure | None) -> str:
    """What one side says, in a word: the sign of what hides it, or of what is not measured."""
    if figure is None:
        return wording.language.text("side_none")
    if figure.hidden:
        return wording.formats.sign(figure)
    return wording.language.text(f"side_{figure.word or 'no_bound'}")


def perceived_side(wording: Wording, one: Followed) -> Sentence:
    """What users say of a commitment, against its target; what would tell, where nothing does."""
    figure, target = one.perceived, one.target
    if one.word == "not_yet":
        return wording.said("commitment_not_yet", [one.reading])
    if figure is None:
        return _not_perceived(wording, one)
    if figure.hidden or figure.value is None:
        return _hidden_side(wording, figure)
    bounds = [bound for bound in (figure.low, figure.high) if bound is not None]
    decimals = 0 if target is None else wording.formats.against([figure.value], target, figure)
    asked = str(one.commitment.perceived)
    level = users_level(wording, figure, indicator=asked, decimals=decimals)
    parts = {"level": upper_first(level)}
    if target is None:
        return wording.said("perceived_no_target", [figure], **parts)
    parts["target"] = wording.formats.bound(target)
    if len(bounds) < 2 or figure.claim != Claim.ESTIMATE:
        return wording.said("perceived_no_claim", [figure, target], **parts)
    apart = wording.formats.against(bounds, target, figure)
    interval = wording.formats.range(bounds[0], bounds[1], figure, decimals=apart)
    parts["range"] = range_text(wording, figure, interval)
    return wording.said(f"perceived_{figure.word}", [figure, target], **parts)


def _not_perceived(wording: Wording, one: Followed) -> Sentence:
    """The question that would tell, where nobody answers one here."""
    wanted = one.commitment.wanted.perceived
    if wanted is None:  # asked elsewhere, or answered by nobody here
        return wording.said("perceived_not_asked")
    return wording.said("perceived_wanted", question=wording.language.typeset(wanted))


def users_level(
    wording: Wording, figure: ReleasedFigure, *, indicator: str, decimals: int = 0
) -> str:
    """How many users say well of an indicator, what score they give it, or their balance: as its
    figure counts.
    """
    text = wording.language.text
    value = wording.formats.with_unit(figure, decimals=decimals)
    name = wording.language.quoted(wording.indicator(wording.study.indicator(indicator)))
    about = {"people": wording.people(figure.claim), "indicator": name}
    if figure.unit.startswith(SCORE):
        return text("users_mean", value=value, **about)
    counted = wording.counted(figure)
    if figure.unit == "points":
        return text("users_balance", value=value, counted=counted, **about)
    answered = text(f"answered_{figure.claim}")
    return text("users_share", value=value, counted=counted, answered=answered, **about)


def _hidden_side(wording: Wording, figure: ReleasedFigure) -> Sentence:
    """Why a side is not shown: too few answers, or somebody would be recognised."""
    few = figure.status is Status.UNAVAILABLE
    return wording.said("finding_few" if few else "side_hidden", [figure])


def measured_side(wording: Wording, one: Followed) -> Sentence:
    """What is measured of a commitment, against its norm; what would tell, where nothing does."""
    figure, norm = one.measured, one.norm
    if one.word == "not_yet":
        return wording.said("commitment_not_yet", [one.reading])
    if one.commitment.measured is None:
        wanted = one.commitment.wanted.measured or ""
        return wording.said("measured_wanted", figure=wording.language.typeset(wanted))
    measured = wording.study.management_indicator(one.commitment.measured)
    name = wording.language.quoted(wording.language.typeset(measured.label))
    if figure is None:
        return wording.said("measured_not_here", indicator=name)
    if figure.value is None:
        return missing_side(wording, figure, name)
    parts = {"indicator": name}
    if norm is None:
        value = wording.formats.value(figure)
        return wording.said("measured_no_norm", [figure], value=value, **parts)
    decimals = wording.formats.against([figure.value], norm, figure)
    parts["value"] = wording.formats.number(figure.value, figure, decimals=decimals)
    parts["norm"] = wording.formats.bound(norm)
    return wording.said(f"measured_{figure.word}", [figure, norm], **parts)


def missing_side(wording: Wording, figure: ReleasedFigure, name: str) -> Sentence:
    """Why a management figure is not there: it is hidden, months are missing, or no case."""
    if figure.hidden:
        hidden = wording.language.text("partner_hidden", indicator=name)
        return Sentence(f"{hidden}.", "side_hidden", (figure.key,))
    months = figure.method.removeprefix("missing ")
    if months == figure.method:
        return wording.said("measured_empty", [figure], indicator=name)
    return wording.said(
        "measured_missing", [figure], indicator=name, months=months_text(wording, months)
    )


def months_text(wording: Wording, months: str) -> str:
    """Some months, in words; by the first and the last where they are many in a row."""
    listed = months.split("+")
    first, last = (date.fromisoformat(f"{listed[place]}-01") for place in (0, -1))
    in_a_row = 12 * (last.year - first.year) + last.month - first.month == len(listed) - 1
    if len(listed) > 3 and in_a_row:
        return wording.language.text("months_from", span=months_span(wording, first, last))
    return wording.language.listing([wording.language.month(month) for month in listed])


def months_span(wording: Wording, first: date, last: date) -> str:
    """From one month to another: the year stands once where it is the same."""
    names = [wording.language.month(f"{day:%Y-%m}") for day in (first, last)]
    if first == last:
        return wording.language.text("months_one", first=names[0])
    if first.year == last.year:
        names[0] = names[0].removesuffix(f" {first.year}")
    return wording.language.text("months_span", first=names[0], last=names[1])


def announced_text(wording: Wording, one: Followed) -> Sentence | None:
    """What users were told, beside what was measured; None where nothing was announced."""
    if one.announced is None or one.announced.value is None or one.announced.hidden:
        return None
    if one.measured is None or one.measured.value is None or one.measured.hidden:
        value = wording.formats.value(one.announced)
        return wording.said("announced_alone", [one.announced], value=value)
    return wording.said(
        "announced_beside",
        [one.announced, one.measured],
        **announced_and_measured(wording, one.announced, one.measured),
    )


def announced_and_measured(
    wording: Wording, announced: ReleasedFigure, measured: ReleasedFigure
) -> dict[str, str]:
    """What was announced and what was measured, with as many decimals as it takes to tell them
    apart.
    """
    decimals = wording.formats.apart([announced.shown_value], measured.shown_value, announced)
    return {
        "value": wording.formats.number(announced.shown_value, announced, decimals=decimals),
        "measured": wording.formats.number(measured.shown_value, measured, decimals=decimals),
    }


# --- change and posting ---------------------------------------------------------------------------


def commitment_change(wording: Wording, figures: ReleasedFigures, one: Followed) -> Sentence | None:
    """How what users say of it has changed; None where nothing is, or at the first wave."""
    if one.estimate is None or len(wording.study.waves_until(wording.wave.id)) < 2:
        return None
    return change_in_short(wording, figures.changes(one.estimate), figure=one.estimate)[1]


def in_force_text(wording: Wording, one: Followed) -> Sentence:
    """Since when it is in force, and how many sites post it."""
    since, text = one.commitment.since, wording.language.text
    first = wording.study.waves[0]
    started = text("in_force_unknown")
    if since is not None:
        day = wording.language.day(since)
        started = text("in_force_since", day=day)
        if since > wording.wave.end:
            started = text("in_force_later", day=day)
        if since < first.start:
            first_wave = wording.wave_label(first)
            started += " " + text("in_force_before_first", wave=first_wave)
    if one.sites is None or not one.sites[1].shown_value:
        return Sentence(f"{started}.", "in_force", ())
    posted, asking = one.sites
    count, sites = int(posted.shown_value), int(asking.shown_value)
    if sites == 1:
        told = text("posted_in_only" if count else "posted_in_only_not")
    else:
        told = text(
            "posted_in_none" if count == 0 else "posted_in_one" if count == 1 else "posted_in_n",
            count=wording.language.number(count),
            sites=wording.language.number(sites),
        )
    said = wording.language.enumeration([started, told])
    return Sentence(said, "in_force", (posted.key, asking.key))


def posting_text(wording: Wording, one: Followed) -> Sentence | None:
    """What users say where it is posted, and where it is not yet: never called an effect. None
    where too few sites are on one side, one side is hidden, or nothing tells how precise it is.
    """
    posted, not_posted, gap = one.posted, one.not_posted, one.gap
    if posted is None or not_posted is None or gap is None:
        return None
    if posted.hidden or not_posted.hidden or gap.low is None or gap.high is None:
        return None
    none = gap.word == "none"
    bounds = (gap.low, gap.high)
    decimals = 0 if none else wording.formats.apart(bounds, 0.0, gap)
    interval = wording.formats.range(*bounds, gap, decimals=decimals)
    return wording.said(
        "posting_gap_none" if none else "posting_gap",
        [posted, not_posted, gap],
        posted=wording.formats.value(posted),
        not_posted=wording.formats.value(not_posted),
        gap=wording.formats.value(gap),
        range=range_text(wording, gap, interval),
    )


# --- what was decided -----------------------------------------------------------------------------


def decisions(wording: Wording, one: Followed) -> list[Sentence]:
    """What was decided for a commitment by the day of the edition, the latest first; that nothing
    was, where that is so.
    """
    day = wording.published or wording.wave.publication
    taken = sorted(
        (
            action
            for action in wording.study.actions
            if one.commitment.id in action.commitments
            and action.is_of(one.directorate.id)
            and action.decided <= day
        ),
        key=lambda action: action.decided,
        reverse=True,
    )
    return [_decision(wording, action) for action in taken] or [wording.said("decided_nothing")]


def _decision(wording: Wording, action: Action) -> Sentence:
    """What was decided, by whom it is carried out, and how far it is on the day of the edition."""
    day = wording.published or wording.wave.publication
    state = action.state_on(day)
    since = {
        "planned": action.decided,
        "under_way": action.started,
        "done": action.done,
        "given_up": action.given_up,
    }[state or "planned"]
    assert since is not None, "a state has its day"
    return wording.said(
        f"decided_{state}",
        decision=upper_first(wording.language.typeset(action.decision)),
        owner=wording.language.typeset(action.owner),
        day=wording.language.day(since),
    )
