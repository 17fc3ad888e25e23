"""A directorate and wave, opened for work: study, responses, weights, estimates, and an internal
view of them.

>>> from analysis.workbench import open_scope
>>> scope = open_scope("cd93", directorate="dpaph", wave="2026-1")  # doctest: +SKIP
>>> scope.show(scope.satisfaction())  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from analysis.disclosure import InternalView
from analysis.errors import ScopeError
from analysis.indicators import Weighted, collection, reference_cube, satisfaction, series, weigh
from analysis.inference import Survey, from_record, to_record
from analysis.publishing import charts
from analysis.storage import (
    Cubes,
    Provenance,
    Responses,
    layer,
    read_provenance,
    read_table,
    write_table,
)
from analysis.study import Channel, Directorate, Study, Wave, Workspace, open_study
from analysis.study.scope import Requirement, Scope


@dataclass(frozen=True)
class OpenScope:
    """One directorate and wave of a study.

    Attributes:
        study: What was asked, as far as a result of this scope depends on it: see
            `Study.seen_from`.
        directorate, wave: Of whom, when.
        responses: `storage.Responses` with one column of codes per item; every kept answer of the
            scope.
        provenance: Where the responses came from, and of which study results are made.

    """

    workspace: Workspace
    study: Study
    directorate: Directorate
    wave: Wave
    responses: pl.DataFrame
    provenance: Provenance

    def __repr__(self) -> str:
        counted = self.responses.group_by("channel").len().sort("len", descending=True).iter_rows()
        answers = ", ".join(f"{channel} {count}" for channel, count in counted)
        lines = [
            f"{self.study.id}: {self.directorate.label}, {self.wave.label}",
            f"field from {self.wave.start} to {self.wave.end}",
            f"{self.responses.height} answers kept: {answers}",
        ]
        return "\n".join([*lines, "simulated data"] if self.simulated else lines)

    def collection(self) -> pl.DataFrame:
        """`storage.Collection`: what came in, who is missing, the weights."""
        return collection(
            self.responses,
            self.study,
            directorate=self.directorate.id,
            wave=self.wave.id,
            simulated=self.simulated,
        )

    def satisfaction(self) -> pl.DataFrame:
        """`storage.Estimates`: the indicators, by their definitions and the declared breakdowns."""
        return satisfaction(
            self.responses,
            self.study,
            directorate=self.directorate.id,
            wave=self.wave.id,
            simulated=self.simulated,
        )

    def weighted(self, *channels: str) -> Weighted:
        """The respondents of some channels (the reference ones by default) with their design and
        weights.
        """
        chosen: tuple[Channel, ...] = tuple(self.study.channel(name) for name in channels)
        return weigh(
            self.responses,
            self.study,
            directorate=self.directorate.id,
            wave=self.wave.id,
            channels=chosen or self.study.reference_channels(self.directorate.id),
        )

    def survey(self, *channels: str) -> Survey:
        """The users heard by some channels (the reference ones by default), as rows to estimate
        from: what a cube does not hold, by the same chain.

        They carry their design and their calibration. An answer that is no level of its scale
        (« not concerned », « don't know », no answer, …) is null: codes such as 98 are no numbers.
        """
        weighted = self.weighted(*channels)
        scales = {item.id: self.study.scale(item.id) for item in self.study.questionnaire.items}
        levels = [
            pl.when(pl.col(item).is_in(list(scale.codes))).then(pl.col(item)).alias(item)
            for item, scale in scales.items()
            if scale.kind != "text"
        ]
        frame = weighted.frame.with_columns(levels)
        return Survey.of(frame, weighted.design, calibration=weighted.calibration)

    def receipts(self) -> pl.DataFrame:
        """`storage.Receipts` of the files of this scope: received = kept + refused + duplicates."""
        return self._read("receipts")

    def item_receipts(self) -> pl.DataFrame:
        """The share of each item's answers that are illegible or were not asked, by file; only
        where there are any.
        """
        counts = self._read("item_receipts")
        shares = [
            (pl.col(name) / pl.col("kept")).alias(name) for name in ("illegible", "not_asked")
        ]
        return counts.filter(pl.col("illegible") + pl.col("not_asked") > 0).with_columns(shares)

    def refused(self) -> pl.DataFrame:
        """`storage.Refusals`: how many rows were refused in each file of this scope, by reason."""
        return self._read("refusals")

    def save_collection(self, frame: pl.DataFrame) -> None:
        """Writes what `plan.yml` says the notebook of collection makes."""
        self._save("collection", frame)

    def series(self, item: str, definition: str) -> pl.DataFrame:
        """Every wave that has run, up to this one, under one constant definition (see
        `indicators.series`).
        """
        self.study.item(item)
        cubes = {}
        for wave in self.study.waves_until(self.wave.id):
            path = self.workspace.table(self.study.id, "cube", Scope(self.directorate.id, wave.id))
            if path.exists():
                cubes[wave.id] = from_record(
                    read_table(path, Cubes, hint=f"observatoire run {self.study.id}")
                )
        for wave_id, cube in cubes.items():
            if item not in cube.levels:
                raise ScopeError.unknown(
                    f"item of the stored cube of {wave_id}",
                    item,
                    cube.levels,
                    where=self.scope.title,
                )
        return series(cubes, item, self.study.definition(definition))

    def save_cube(self) -> None:
        """Writes the cube of the headline figures, so that any definition can be applied to it
        later.
        """
        cube = reference_cube(
            self.responses, self.study, directorate=self.directorate.id, wave=self.wave.id
        )
        self._save("cube", to_record(cube))

    def save_estimates(self, frame: pl.DataFrame) -> None:
        """Writes what `plan.yml` says the notebook of satisfaction makes."""
        self._save("estimates", frame)

    def show(self, frame: pl.DataFrame, *columns: str) -> InternalView:
        """A table under the watermark of the internal view: shares in percent, three significant
        decimals.
        """
        chosen = frame.select(columns) if columns else frame
        with pl.Config(
            tbl_rows=-1,
            tbl_cols=-1,
            float_precision=3,
            tbl_hide_dataframe_shape=True,
            fmt_str_lengths=60,
        ):
            return InternalView(chosen._repr_html_())

    def draw(self, frame: pl.DataFrame, *, label: str) -> InternalView:
        """The values of a table of estimates with their intervals, one line per row, under the same
        watermark.
        """
        columns = {
            name: frame.get_column(name).to_list() for name in (label, "value", "low", "high")
        }
        image = charts.drawn(
            ".svg",
            height=1 + charts.height_of(columns[label], least=0.3),
            mark=None,
            draw=lambda axes: charts.intervals(
                axes,
                labels=columns[label],
                values=columns["value"],
                low=columns["low"],
                high=columns["high"],
            ),
        )
        text = image.decode()
        return InternalView(text[text.index("<svg") :])

    @property
    def simulated(self) -> bool:
        return self.provenance.simulated

    @property
    def scope(self) -> Scope:
        """Its directorate and wave, by their identifiers."""
        return Scope(self.directorate.id, self.wave.id)

    def _read(self, name: str) -> pl.DataFrame:
        """The table of a layer that this scope lies in."""
        one = layer(name)
        path = self.workspace.table(self.study.id, name, self.scope.along(one.axes))
        return read_table(path, one.schema, hint=f"observatoire run {self.study.id}")

    def _save(self, name: str, frame: pl.DataFrame) -> None:
        """Writes the table of a layer in this scope."""
        one = layer(name)
        path = self.workspace.table(self.study.id, name, self.scope.along(one.axes))
        write_table(frame, path, one.schema, self.provenance)


def open_scope(
    study: str, *, directorate: str, wave: str, requires: Collection[Requirement] = ()
) -> OpenScope:
    """Opens a directorate and wave, from a notebook anywhere in the workspace.

    Args:
        requires: `commitments`, `management`: seen of the study where they stand here, and in what
            plan.yml says that the notebook requires.

    Raises:
        ScopeError: no such study, directorate or wave; the message proposes the nearest names.
        NotReadyError: nobody's answers have been read yet.

    """
    workspace = Workspace.find(Path.cwd())
    loaded = open_study(workspace, study)
    unit, period = loaded.directorate(directorate), loaded.wave(wave)
    scope = Scope(unit.id, period.id)
    seen = loaded.seen_from(scope, requires=requires)
    path = workspace.table(loaded.id, "responses", scope)
    hint = (
        f"`observatoire simulate {study}` or `observatoire register {study} DRAFT.yml`, then "
        f"`observatoire run {study}`."
    )
    responses = read_table(path, Responses, hint=hint)
    provenance = replace(read_provenance(path), study_digest=seen.digest)
    return OpenScope(
        workspace,
        seen,
        seen.directorate(unit.id),
        seen.wave(period.id),
        responses,
        provenance,
    )
