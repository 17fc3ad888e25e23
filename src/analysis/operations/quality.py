"""What weakens the results of a wave, told before anything is published: the flags that pages say,
and deliveries that were read once and are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from analysis.errors import NotReadyError
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.operations.receive import READING, read_new_deliveries
from analysis.pipeline.plan import answered_scopes
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.quality import Flag, flag_sentence, flags_of
from analysis.publishing.wording.sentences import Wording
from analysis.storage import LAYERS, Released, read_provenance, read_table
from analysis.study import QualityFlag, Study, Wave
from analysis.study.languages import without_marks
from analysis.study.scope import Scope

EVERYWHERE = "all directorates"
AUDIENCE = "internal"


@dataclass(frozen=True)
class Warned:
    """Something that weakens a wave, as it is told to the person on duty.

    Attributes:
        directorate: Empty where it is about all of them.
        flag: See `study.QualityFlag`; `delivery_gone` for what was read once.
        subjects: Identifiers of what it is about: channel, items, file, sites.
        text: In a sentence.

    """

    directorate: str
    flag: str
    subjects: tuple[str, ...]
    text: str

    def as_dict(self) -> dict[str, object]:
        """For a machine."""
        return asdict(self)


def check_wave(context: Context, wave: str, *, today: date) -> list[Warned]:
    """What weakens the results of a wave, gravest first, by what the deliveries hold.

    Raises:
        ObservatoryError: there is no such wave, or a delivery cannot be read.

    """
    from analysis.indicators import quality_flags

    period = context.study.wave(wave)
    read_new_deliveries(context)
    visible = context.study.for_scope(Scope(wave=period.id))
    counts, simulated = _fieldwork(context, visible)
    flags = quality_flags(counts, visible, wave=period.id, simulated=simulated)
    return [*gone(context), *warnings_of(flags, context.study, period, goes_on=today <= period.end)]


def stored_flags(context: Context, period: Wave) -> pl.DataFrame:
    """The `QualityFlags` of a wave as a notebook made them; empty where no notebook does."""
    from analysis.indicators import QualityFlags

    path = context.workspace.table(context.study.id, "quality_flags", Scope(wave=period.id))
    return read_table(path, QualityFlags, hint="") if path.exists() else QualityFlags.create_empty()


def warnings_of(flags: pl.DataFrame, study: Study, period: Wave, *, goes_on: bool) -> list[Warned]:
    """The flags of a wave in sentences, every number shown.

    Args:
        flags: `QualityFlags` of the wave.
        study: Their study.
        period: The wave.
        goes_on: Its field does.

    """
    from analysis.indicators import QualityFlags

    shown = QualityFlags.figures(flags).with_columns(
        audience=pl.lit(AUDIENCE), status=pl.lit("", dtype=pl.String)
    )
    said = study.in_language("en" if "en" in study.languages else study.language)
    figures = ReleasedFigures(shown.select(Released.column_names()), said)
    wording = Wording(said, Language.of("en"), said.wave(period.id), provisional=goes_on)
    sites = {
        row["directorate"]: tuple(row["subject"].split())
        for row in flags.filter(flag=QualityFlag.SITES_SILENT.value).iter_rows(named=True)
    }
    return [_warned(wording, together, sites) for together in flags_of(figures, wording)]


def _warned(wording: Wording, together: list[Flag], sites: dict[str, tuple[str, ...]]) -> Warned:
    row = together[0].observed
    directorate, text = row.directorate or "", without_marks(flag_sentence(wording, together).text)
    subjects = tuple(dict.fromkeys(flag.observed.category for flag in together))
    if together[0].kind is QualityFlag.SITES_SILENT:
        subjects = sites[directorate]
    if len(subjects) > 1 or together[0].kind is QualityFlag.SITES_SILENT:
        text = f"{text} ({', '.join(subjects)})"
    return Warned(directorate, row.indicator, subjects, text)


def gone(context: Context) -> list[Warned]:
    """The deliveries that were read once, and whose folders are there no more."""
    workspace, study = context.workspace, context.study.id
    read = [
        name
        for line in Journal(workspace, study).lines(READING)
        for name in line.get("deliveries", ())
    ]
    return [
        Warned(
            "",
            "delivery_gone",
            (name,),
            f"Delivery {name} was read once, and its folder is gone: its answers count no more.",
        )
        for name in dict.fromkeys(read)
        if not (workspace.raw(study) / name).is_dir()
    ]


def warning_lines(warned: Iterable[Warned]) -> Iterator[str]:
    """What weakens a wave as lines of text, grouped by directorate."""
    found = list(warned)
    for directorate in dict.fromkeys(one.directorate for one in found):
        yield f"{directorate or EVERYWHERE}:"
        yield from (f"  {one.text}" for one in found if one.directorate == directorate)


def _fieldwork(context: Context, study: Study) -> tuple[pl.DataFrame, bool]:
    """The `Fieldwork` of all directorates, in the wave of a study as its scope sees it and in those
    before, from the tables of deliveries; and whether any of it is simulated.
    """
    from analysis.indicators import fieldwork

    workspace, whole = context.workspace, context.study
    waves = {wave.id for wave in study.waves}
    scopes = [scope for scope in answered_scopes(workspace, whole) if scope.wave in waves]
    if not scopes:
        raise NotReadyError(
            "Nobody answered in this wave, nor in any before.",
            where=f"study {whole.id}",
            hint=f"register a delivery first: `observatoire register {whole.id} DRAFT.yml`.",
        )

    def read(name: str, scope: Scope) -> pl.DataFrame:
        path = workspace.table(whole.id, name, scope)
        return read_table(path, LAYERS[name].schema, hint="")

    tables = [
        fieldwork(
            read("responses", scope),
            read("receipts", scope),
            read("refusals", scope),
            read("dispositions", scope),
            whole.for_scope(scope),
            directorate=str(scope.directorate),
            wave=str(scope.wave),
        )
        for scope in scopes
    ]
    paths = [workspace.table(whole.id, "responses", scope) for scope in scopes]
    return pl.concat(tables), any(read_provenance(path).simulated for path in paths)
