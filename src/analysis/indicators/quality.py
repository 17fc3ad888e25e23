"""What weakens the results of a wave: what is missing, odd, or unlike the wave it is compared with.

Each flag has a rule; its thresholds stand here. A flag says what happened, not why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import dataframely as dy
import polars as pl
import scipy

from analysis.indicators.collection import answers_key
from analysis.indicators.fieldwork import Measure
from analysis.storage import as_figures, make_table
from analysis.study import Claim, Directorate, QualityFlag, Study, Wave

MOST_DUPLICATES = 0.10
"""Share of a file's rows: people answer twice, but not that often."""
MOST_REFUSED = 0.05
MOST_UNDECLARED = 0.01
JUMP = 0.05
"""By how much a share of missing answers has to rise above that of the reference wave."""
LEVEL = 0.01
"""Of the tests of such rises, over all those of a directorate together."""
FALLEN = 0.5
SHORTER = 0.75
CUT, CUT_DAYS = 0.10, 14
"""Share of the field, and days, without an answer at its end."""
CUT_OF_CHANNEL = 0.25
ANSWERS_APART, USERS_APART = 0.10, 0.05
"""By which share the answers that were kept, and the users of the margins, may differ from those of
the sampling frame."""
CHANCE = 1e-4
"""Below this probability, an answer that nobody gives any more is no accident."""


class QualityFlags(dy.Schema):
    """One row per flag.

    Attributes:
        directorate: Empty where it is about all of them.
        flag: See `study.QualityFlag`.
        channel: Empty where it is about no single one.
        subject: The item (and its level: `item=code`), the file or the sites, by their identifiers.
        against: The wave of `baseline`, or the one that is missing; empty where there is none.
        unit: Of both numbers: `share`, `answers`, `people`, `rows`, `sites`, `days`, `margins`,
            `frames` or `questions`.
        observed, baseline: What was found, and in the wave that it is compared with (of sites:
            those that are open); null where there is nothing to compare with.
        observed_base, baseline_base: The smaller of the two groups that the number tells apart.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    flag = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    subject = dy.String(primary_key=True)
    against = dy.String(primary_key=True)
    unit = dy.String()
    observed = dy.Float64()
    baseline = dy.Float64(nullable=True)
    observed_base = dy.Int64(min=0, nullable=True)
    baseline_base = dy.Int64(min=0, nullable=True)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: what was observed, and what it is compared with where there is a number.

        A number of answers stands beside that of `answers` or not at all. Shares are rounded to
        whole percents: with their base, more would give the counts back.
        """
        none = pl.lit(None, dtype=pl.String)
        about = {
            "directorate": pl.when(pl.col("directorate") != "").then("directorate").otherwise(none),
            "indicator": pl.col("flag"),
            "kind": pl.when(pl.col("unit") == "share")
            .then(pl.lit("share"))
            .otherwise(pl.lit("count")),
            "item": pl.when(pl.col("subject").str.contains("/") | (pl.col("unit") == "sites"))
            .then(none)
            .otherwise(pl.col("subject").str.split("=").list.first().replace("", None)),
            "breakdown": pl.when(pl.col("subject").str.contains("/"))
            .then(pl.lit("file"))
            .when(pl.col("channel") != "")
            .then(pl.lit("channel"))
            .otherwise(pl.lit("total")),
            "category": pl.when((pl.col("unit") == "sites") | (_NAMED == ""))
            .then(pl.lit("total"))
            .otherwise(_NAMED),
            "channels": pl.col("channel"),
            "claim": pl.lit(""),
        }
        parts = []
        for name, wave in (("observed", "wave"), ("baseline", "against")):
            rows = table if name == "observed" else table.filter(pl.col(name).is_not_null())
            counted = pl.concat_list(answers_key(wave))
            is_count = (pl.col("unit") == "answers") & (pl.col("channel") != "")
            parts.append(
                rows.select(
                    "wave",
                    "unit",
                    "simulated",
                    **about,
                    against=pl.col("against").replace("", None),
                    definition=pl.lit(name),
                    value=pl.when(pl.col("unit") == "share")
                    .then(pl.col(name).round(2))
                    .otherwise(name),
                    base=pl.col(f"{name}_base"),
                    made_from=pl.when(is_count)
                    .then(counted)
                    .otherwise(pl.lit([], dtype=pl.List(pl.String))),
                )
            )
        return as_figures(pl.concat(parts), layer="quality_flags")


_NAMED = pl.concat_str([pl.col("channel"), pl.col("subject")], separator=" ").str.strip_chars()


@dataclass(frozen=True)
class _Field:
    """The counts of a directorate and wave; none where nobody answered."""

    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def count(self, measure: Measure, channel: str = "", subject: str = "") -> int:
        """A count; 0 where there is none."""
        return self.counts.get((measure, channel, subject), 0)

    def of(self, measure: Measure) -> dict[tuple[str, str], int]:
        """The counts of a measure, by channel and subject."""
        return {
            (channel, subject): value
            for (name, channel, subject), value in self.counts.items()
            if name == measure
        }

    @property
    def answers(self) -> int:
        """Those of all its channels."""
        return sum(self.of("answers").values())

    def asked(self, channel: str, item: str) -> int:
        """The answers of a channel to which an item was put."""
        return self.count("answers", channel) - self.count("not_asked", channel, item)


Row = dict[str, Any]
_NO_ANSWERS: Row = {"unit": "answers", "observed": 0.0, "observed_base": 0}


def quality_flags(
    fieldwork: pl.DataFrame, study: Study, *, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `QualityFlags` of a wave.

    It is compared with the wave that the study compares it with, or with the one before where there
    is none.

    Args:
        fieldwork: `Fieldwork` of every directorate, of the wave and those before.
        study: As the scope of the wave sees it.
        wave: Identifier.
        simulated: Whether the answers are.

    """
    fields = {
        (str(key[0]), str(key[1])): _Field(
            {(row[2], row[3], row[4]): row[5] for row in part.iter_rows()}
        )
        for key, part in fieldwork.partition_by("directorate", "wave", as_dict=True).items()
    }
    rows = [
        {"directorate": directorate.id, **row}
        for directorate in study.directorates
        for row in _of_directorate(directorate, fields, study, study.wave(wave))
    ]
    rows += _of_files(fields, wave)
    rows += [{"directorate": "", **row} for row in _of_period(fields, study, study.wave(wave))]
    empty = dict.fromkeys(QualityFlags.column_names()) | {
        "channel": "",
        "subject": "",
        "unit": "",
        "wave": wave,
        "simulated": simulated,
    }
    order = [flag.value for flag in QualityFlag]
    rows.sort(key=lambda row: order.index(row["flag"]))
    named = [empty | row | {"against": row.get("against") or ""} for row in rows]
    return make_table(named, QualityFlags)


def _days(wave: Wave) -> int:
    """The days of a wave's field."""
    return (wave.end - wave.start).days + 1


def _reference_wave(study: Study, wave: Wave) -> Wave | None:
    before = study.waves_until(wave.id)[:-1]
    return study.compared_with(wave.id) or (before[-1] if before else None)


def _of_directorate(
    directorate: Directorate, fields: dict[tuple[str, str], _Field], study: Study, wave: Wave
) -> Iterator[Row]:
    """The flags of a directorate in a wave."""
    now = fields.get((directorate.id, wave.id), _Field())
    before = [earlier.id for earlier in study.waves_until(wave.id)[:-1]]
    answered = [name for name in before if fields.get((directorate.id, name), _Field()).answers]
    if not now.answers:
        parents = {other.parent for other in study.directorates}
        if answered or directorate.id not in parents:
            yield {"flag": "no_answers", **_NO_ANSWERS}
        return
    by_others = {period for (_, period), found in fields.items() if found.answers}
    for name in before[before.index(answered[0]) :] if answered else ():
        if name not in answered and name in by_others:
            yield {"flag": "wave_missing", "against": name, **_NO_ANSWERS}
    reference = _reference_wave(study, wave)
    then = fields.get((directorate.id, reference.id), _Field()) if reference else _Field()
    against = reference.id if reference is not None and then.answers else None
    yield from _of_channels(directorate, now, then, against, study, wave)
    yield from _of_questions(now, then, against)
    margins = [found for found in fields.values() if found.of("margin")]
    if _should_be_weighted(directorate, now, study) and margins and not now.of("margin"):
        flag = "margins_missing" if now.of("frame_people") else "unweighted"
        yield {"flag": flag, "unit": "margins", "observed": 0.0}
    yield from _of_frames(directorate, now, study)
    changed = [
        (item.id, item.changed)
        for item in study.questionnaire.items
        if item.changed is not None and study.asks(item.id, directorate.id)
    ]
    for item, day in changed:
        if reference is not None and reference.end < day <= wave.end:
            one = {"unit": "questions", "observed": 1.0}
            yield {"flag": "question_changed", "subject": item, "against": reference.id, **one}
    constrained = study.constrained()
    expected = [
        site.id
        for site in directorate.sites
        if site.open_during(wave) and site.population not in constrained
    ]
    heard = {site for _, site in now.of("answers_of_site")}
    silent = [site for site in expected if site not in heard]
    if silent:
        yield {
            "flag": "sites_silent",
            "subject": " ".join(silent),
            "unit": "sites",
            "observed": float(len(silent)),
            "baseline": float(len(expected)),
        }


def _of_frames(directorate: Directorate, now: _Field, study: Study) -> Iterator[Row]:
    """What is unknown of the users whom those who were drawn stand for, and sampling frames that do
    not agree with the answers or with the margins.
    """
    margins = {variable: people for (_, variable), people in now.of("margin_people").items()}
    for channel in study.reference_channels(directorate.id):
        sampling, kept = channel.sampling, now.count("answers", channel.id)
        people = now.count("frame_people", channel.id)
        if not kept or not channel.invited:
            continue
        about: Row = {"channel": channel.id, "unit": "frames", "observed": 0.0}
        declared = sampling.population == "frame" and people
        if "site" in sampling.strata and margins and "site" not in margins and not declared:
            yield {"flag": "sizes_unknown", **about}
        elif sampling.population == "frame" and not people:
            yield {"flag": "frame_missing", **about}
        if not people:
            continue
        answered, users = now.count("frame_answered", channel.id), max(margins.values(), default=0)
        pairs = (
            ("frame_answers", kept, answered, ANSWERS_APART),
            ("frame_margins", people, users or people, USERS_APART),
        )
        for flag, observed, baseline, most in pairs:
            if abs(observed - baseline) > most * baseline:
                yield {
                    "flag": flag,
                    "channel": channel.id,
                    "unit": "people",
                    "observed": float(observed),
                    "observed_base": observed,
                    "baseline": float(baseline),
                    "baseline_base": baseline,
                }


def _should_be_weighted(directorate: Directorate, now: _Field, study: Study) -> bool:
    """Whether a directorate's headline figures rest on answers that are estimates once weighted."""
    channels = study.reference_channels(directorate.id)
    heard = any(now.count("answers", channel.id) for channel in channels)
    return heard and all(channel.claim is Claim.ESTIMATE for channel in channels)


def _of_channels(
    directorate: Directorate,
    now: _Field,
    then: _Field,
    against: str | None,
    study: Study,
    wave: Wave,
) -> Iterator[Row]:
    """Channels that are silent, that fell by half per day of the field, or that stop before its
    end.
    """
    days = _days(wave)
    usual_days = _days(study.wave(against)) if against is not None else days
    unused = {channel: value for (channel, _), value in now.of("days_unused").items()}
    least = min(unused.values())
    stopped = least >= max(CUT_DAYS, CUT * days)
    if stopped:
        yield {"flag": "field_cut", "unit": "days", "observed": float(least)}
    for channel in directorate.channels:
        count, former = now.count("answers", channel), then.count("answers", channel)
        numbers = {
            "channel": channel,
            "unit": "answers",
            "observed": float(count),
            "observed_base": count,
            "against": against,
        }
        if former:
            numbers |= {"baseline": float(former), "baseline_base": former}
        if not count:
            yield {"flag": "channel_silent", **numbers}
        elif (
            former >= study.thresholds.fragile_below and count / days < FALLEN * former / usual_days
        ):
            yield {"flag": "channel_halved", **numbers}
        usual = then.count("days_unused", channel) if former else 0
        cut = max(CUT_DAYS, CUT_OF_CHANNEL * days, 2 * usual)
        if not stopped and count and unused[channel] >= cut:
            last = {"unit": "days", "observed": float(unused[channel])}
            yield {"flag": "field_cut", "channel": channel, **last}


def _of_questions(now: _Field, then: _Field, against: str | None) -> Iterator[Row]:
    """Questions that were not put, that more people leave open than in the reference wave, or of
    which an answer has gone out of use.
    """
    pairs = list(now.of("not_asked"))
    for channel, item in pairs:
        total, missing = now.count("answers", channel), now.count("not_asked", channel, item)
        former = then.count("answers", channel)
        usual = then.count("not_asked", channel, item) / former if former else 0.0
        share = missing / total if total else 0.0
        if share == 1 or (former and share >= usual + JUMP):
            yield {
                "flag": "not_asked",
                "channel": channel,
                "subject": item,
                "unit": "share",
                "observed": share,
                "observed_base": min(missing, total - missing),
            }
    tests = [
        (flag, channel, item)
        for channel, item in pairs
        for flag in ("dont_know", "no_reply")
        if now.asked(channel, item) and then.asked(channel, item)
    ]
    for flag, channel, item in tests:
        numbers = {
            "observed": (_missing(now, flag, channel, item), now.asked(channel, item)),
            "baseline": (_missing(then, flag, channel, item), then.asked(channel, item)),
        }
        shares = {name: count / size for name, (count, size) in numbers.items()}
        if shares["observed"] < shares["baseline"] + JUMP:
            continue
        table = [[count, size - count] for count, size in numbers.values()]
        if scipy.stats.fisher_exact(table, alternative="greater").pvalue <= LEVEL / len(tests):
            bases = {
                f"{name}_base": min(count, size - count) for name, (count, size) in numbers.items()
            }
            place = {"channel": channel, "subject": item, "against": against, "unit": "share"}
            yield {"flag": flag, **place, **shares, **bases}
    yield from _answers_unused(now, then, against)


def _missing(found: _Field, flag: str, channel: str, item: str) -> int:
    return found.counts.get((flag, channel, item), 0)


def _answers_unused(now: _Field, then: _Field, against: str | None) -> Iterator[Row]:
    """Answers of a scale that were given in the reference wave, and that nobody gives any more."""
    levels = now.of("level")
    for (channel, _), keys in groupby(levels, lambda key: (key[0], key[1].split("=")[0])):
        subjects = [subject for _, subject in keys]
        size = sum(levels[channel, subject] for subject in subjects)
        former = sum(then.count("level", channel, subject) for subject in subjects)
        for subject in subjects if size and former else ():
            count = then.count("level", channel, subject)
            if levels[channel, subject] == 0 and (1 - count / former) ** size < CHANCE:
                yield {
                    "flag": "answer_unused",
                    "channel": channel,
                    "subject": subject,
                    "against": against,
                    "unit": "share",
                    "observed": 0.0,
                    "baseline": count / former,
                    "baseline_base": min(count, former - count),
                }


def _of_files(fields: dict[tuple[str, str], _Field], wave: str) -> Iterator[Row]:
    """Files of which nothing is kept, or much is refused, stands twice or names what is not
    declared; of a directorate where they serve it alone.
    """
    served: dict[str, list[str]] = {}
    for (directorate, period), found in fields.items():
        for _, file in found.of("received") if period == wave else ():
            served.setdefault(file, []).append(directorate)
    for file, directorates in sorted(served.items()):
        found = fields[directorates[0], wave]
        received, kept = found.count("received", "", file), found.count("kept", "", file)
        about = {"directorate": directorates[0] if len(directorates) == 1 else "", "subject": file}
        if not kept:
            size = {"unit": "rows", "observed": float(received), "observed_base": received}
            yield {"flag": "nothing_kept", **about, **size}
            continue
        limits: dict[Measure, float] = {"duplicates": MOST_DUPLICATES, "refused": MOST_REFUSED}
        strangers = found.count("undeclared", "", file)
        for flag, most in limits.items():
            rows = found.count(flag, "", file) - (strangers if flag == "refused" else 0)
            if rows >= most * received:
                base = min(rows, received - rows)
                share = {"unit": "share", "observed": rows / received, "observed_base": base}
                yield {"flag": flag, **about, **share}
        if strangers and strangers >= MOST_UNDECLARED * received:
            number = {"unit": "rows", "observed": float(strangers), "observed_base": strangers}
            yield {"flag": "undeclared", **about, **number}


def _of_period(fields: dict[tuple[str, str], _Field], study: Study, wave: Wave) -> Iterator[Row]:
    """Waves before in which nobody answered, and a field that was planned shorter than that of the
    wave it is compared with.
    """
    answered = {period for (_, period), found in fields.items() if found.answers}
    for earlier in study.waves_until(wave.id)[:-1]:
        if earlier.id not in answered:
            yield {"flag": "wave_missing", "against": earlier.id, **_NO_ANSWERS}
    reference = study.compared_with(wave.id)
    if reference is None:
        return
    now, then = _days(wave), _days(reference)
    if now < SHORTER * then:
        yield {
            "flag": "field_shorter",
            "against": reference.id,
            "unit": "days",
            "observed": float(now),
            "baseline": float(then),
        }
