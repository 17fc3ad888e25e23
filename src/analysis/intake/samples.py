"""Samples of people who were invited, as manifests and sampling frames tell them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from analysis.errors import RawDataError
from analysis.intake.read_files import ReadFile, ReadFrame
from analysis.storage import Dispositions, make_table
from analysis.study import Study
from analysis.study.scope import Scope

_Key = tuple[str | None, str | None, str]
"""Wave, channel and directorate of a sample."""


def check_samples(answers: Sequence[ReadFile], frames: Sequence[ReadFrame], study: Study) -> None:
    """Holds samples against one another and against the answers.

    Raises:
        RawDataError: one is told twice, or more people answered than could.

    """
    told: dict[_Key, str] = {}
    for key, name in (*_frames_of(frames), *_samples_of(answers)):
        if told.setdefault(key, name) != name:
            wave, channel, directorate = key
            raise RawDataError(
                f"The sample of directorate {directorate}, channel {channel}, wave {wave} is told "
                "twice.",
                where=f"{told[key]} and {name}",
                hint="a frame says all that `sample` says: leave one of the two out.",
            )
    responses = [
        file.harmonised.responses.filter(~pl.col("population").is_in(list(study.constrained())))
        for file in answers
    ]
    for file, heard in zip(answers, responses, strict=True):
        for directorate, sample in file.entry.sample.items():
            count = heard.filter(directorate=directorate).height
            _check_enough(
                count, sample.drawn - sample.ineligible, f"of directorate {directorate}", file.name
            )
    for one in frames:
        sites = one.frame.cells.group_by("site").agg(pl.sum("drawn") - pl.sum("ineligible"))
        for site, eligible in sites.sort("site").iter_rows():
            of_site = {"wave": one.entry.wave, "channel": one.entry.channel, "site": site}
            count = sum(heard.filter(**of_site).height for heard in responses)
            _check_enough(count, eligible, f"of site {site}", one.name)


def _frames_of(frames: Sequence[ReadFrame]) -> Iterator[tuple[_Key, str]]:
    for one in frames:
        for directorate in one.frame.cells["directorate"].unique().sort():
            yield (one.entry.wave, one.entry.channel, directorate), one.name


def _samples_of(answers: Sequence[ReadFile]) -> Iterator[tuple[_Key, str]]:
    """The samples of manifests; those of several files of a channel add up, and are one."""
    for file in answers:
        for directorate in file.entry.sample:
            yield (file.entry.wave, file.entry.channel, directorate), "a manifest's `sample`"


def _check_enough(count: int, eligible: int, whose: str, where: str) -> None:
    if count > eligible:
        raise RawDataError(
            f"{count} people {whose} answered, and {eligible} were drawn.",
            where=where,
            hint="a sample counts everybody who was invited, ineligible people left out.",
        )


def dispositions(
    answers: Sequence[ReadFile], frames: Sequence[ReadFrame], scope: Scope
) -> pl.DataFrame:
    """`storage.Dispositions` of a directorate and wave, and the profile items of its frames."""
    rows = [
        {
            "delivery": file.origin,
            "file": file.entry.path,
            "line": 0,
            "channel": file.entry.channel,
            **sample.model_dump(),
        }
        for file in answers
        for directorate, sample in file.entry.sample.items()
        if (directorate, file.entry.wave) == (scope.directorate, scope.wave)
    ]
    told = make_table(rows, Dispositions)
    cells = [
        one.frame.cells.filter(directorate=scope.directorate)
        .drop("directorate")
        .with_columns(
            delivery=pl.lit(one.origin),
            file=pl.lit(one.entry.path),
            channel=pl.lit(one.entry.channel),
        )
        for one in frames
        if one.entry.wave == scope.wave
    ]
    return pl.concat([told, *cells], how="diagonal")
