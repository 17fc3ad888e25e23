"""A part of a study, opened for work: what was asked, what came in, and what is made of it.

>>> from analysis.workbench import open_scope
>>> scope = open_scope("cd93", directorate="dpaph", wave="2026-1")  # doctest: +SKIP
>>> scope.show(scope.satisfaction())  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from analysis.disclosure import InternalView
from analysis.errors import NotReadyError, ScopeError
from analysis.indicators import (
    WeightedSample,
    answers_by_channel,
    changes,
    margin_shares,
    restore_sample,
    sample_cubes,
    sample_name,
    satisfaction,
    series,
    site_funnel,
    stored_cube,
    weigh_all,
    weighting_table,
    weights_table,
)
from analysis.inference import Survey
from analysis.publishing import charts
from analysis.storage import (
    Layer,
    Provenance,
    known_layers,
    read_provenance,
    read_table,
    write_table,
)
from analysis.study import Directorate, Study, Wave, Workspace, open_study
from analysis.study.scope import Requirement, Scope


@dataclass(frozen=True)
class OpenScope:
    """A directorate and a wave of a study, each of which may be open.

    Attributes:
        workspace: Where its tables lie.
        study: What was asked, as far as a result of this scope depends on it: see
            `Study.seen_from`.
        scope: Which part of it.

    """

    workspace: Workspace
    study: Study
    scope: Scope

    def __repr__(self) -> str:
        where = [self.directorate.label] if self.scope.directorate else []
        where += [self.wave.label] if self.scope.wave else []
        lines = [": ".join([self.study.id, ", ".join(where)]) if where else self.study.id]
        if self.scope.wave:
            lines.append(f"field from {self.wave.start} to {self.wave.end}")
        if self.scope.directorate and self.scope.wave:
            counted = self.responses.group_by("channel").len().sort("len", descending=True)
            answers = ", ".join(f"{channel} {count}" for channel, count in counted.iter_rows())
            lines.append(f"{self.responses.height} answers kept: {answers}")
        return "\n".join([*lines, "simulated data"] if self.simulated else lines)

    # --- what it is about -------------------------------------------------------------------------

    @property
    def directorate(self) -> Directorate:
        """Its directorate.

        Raises:
            ScopeError: it is open.

        """
        return self.study.directorate(self._given("directorate"))

    @property
    def wave(self) -> Wave:
        """Its wave.

        Raises:
            ScopeError: it is open.

        """
        return self.study.wave(self._given("wave"))

    @property
    def simulated(self) -> bool:
        """Whether any of its answers comes from a simulated delivery."""
        return self.provenance.simulated

    @cached_property
    def responses(self) -> pl.DataFrame:
        """`storage.Responses` with one column of codes per item: every kept answer."""
        return self.read("responses")

    @cached_property
    def provenance(self) -> Provenance:
        """Where its responses came from."""
        return self._provenance("responses")

    # --- notebook 10: what came in, and the weights -----------------------------------------------

    @cached_property
    def samples(self) -> tuple[WeightedSample, ...]:
        """The samples that its figures are made from, weighted (see `indicators.weigh_all`)."""
        return weigh_all(self.responses, self.study, **self._keys)

    def answers(self) -> pl.DataFrame:
        """`indicators.Answers`: respondents kept, by channel."""
        return answers_by_channel(
            self.responses, self.study, **self._keys, simulated=self.simulated
        )

    def margins(self) -> pl.DataFrame:
        """`indicators.Margins`: the reference sample beside the users, before weighting."""
        reference = self.study.reference_channels(self.directorate.id)
        sample = next((one for one in self.samples if one.channels == reference), None)
        return margin_shares(sample, self.study, **self._keys, simulated=self.simulated)

    def weighting(self) -> pl.DataFrame:
        """`indicators.Weighting`: one row per sample, and what weighting did to it."""
        return weighting_table(self.samples, self.study, **self._keys, simulated=self.simulated)

    def weights(self) -> pl.DataFrame:
        """`indicators.Weights`: design and weight of each respondent."""
        return weights_table(self.samples)

    def cubes(self) -> pl.DataFrame:
        """`storage.Cubes`: all that figures of these samples need."""
        return sample_cubes(self.samples, self.study, **self._keys)

    def receipts(self) -> pl.DataFrame:
        """`storage.Receipts` of the files of this scope: received = kept + refused + duplicates."""
        return self.read("receipts").unique(maintain_order=True)

    def item_receipts(self) -> pl.DataFrame:
        """The share of each item's answers that are illegible or were not asked, by file; only
        where there are any.
        """
        counts = self.read("item_receipts").unique(maintain_order=True)
        shares = [
            (pl.col(name) / pl.col("kept")).alias(name) for name in ("illegible", "not_asked")
        ]
        return counts.filter(pl.col("illegible") + pl.col("not_asked") > 0).with_columns(shares)

    def refused(self) -> pl.DataFrame:
        """`storage.Refusals`: how many rows were refused in each file of this scope, by reason."""
        return self.read("refusals").unique(maintain_order=True)

    # --- notebooks 20 and later: what is made of it -----------------------------------------------

    def satisfaction(self) -> pl.DataFrame:
        """`indicators.Estimates`: the indicators, by their definitions and declared breakdowns."""
        return satisfaction(self.read("cube"), self.read("weighting"), self.study, **self._keys)

    def changes(self) -> pl.DataFrame:
        """`indicators.Changes`: the differences from the wave before."""
        return changes(self.history("estimates"), self.study, **self._keys)

    def sites(self) -> pl.DataFrame:
        """`indicators.Sites`: the funnel of the sites over the last waves."""
        return site_funnel(self.history("estimates"), self.study, **self._keys)

    def series(self, item: str, definition: str) -> pl.DataFrame:
        """Every wave that has run, up to this one, under one constant definition (see
        `indicators.series`).

        Raises:
            ScopeError: no such item or definition, or a cube does not hold the item.

        """
        self.study.item(item)
        reference = sample_name(self.study.reference_channels(self.directorate.id))
        stored = {
            str(scope.wave): stored_cube(self._table("cube", scope), reference)
            for scope in self._history("cube")
        }
        cubes = {wave: cube for wave, cube in stored.items() if cube is not None}
        for wave, cube in cubes.items():
            if item not in cube.levels:
                kind = f"item of the stored cube of {wave}"
                raise ScopeError.unknown(kind, item, cube.levels, where=self.scope.title)
        return series(cubes, item, self.study.definition(definition))

    def survey(self, *channels: str) -> Survey:
        """The users heard by some channels (the reference ones by default), as rows to estimate
        from: what a cube does not hold, by the same chain.

        They carry their design and their calibration. An answer that is no level of its scale
        (« not concerned », « don't know », no answer, …) is null: codes such as 98 are no numbers.
        """
        chosen = tuple(self.study.channel(name) for name in channels)
        sample = restore_sample(
            self.responses,
            self.read("weights"),
            self.read("weighting"),
            self.study,
            **self._keys,
            channels=chosen or self.study.reference_channels(self.directorate.id),
        )
        scales = {item.id: self.study.scale(item.id) for item in self.study.questionnaire.items}
        levels = [
            pl.when(pl.col(item).is_in(list(scale.codes))).then(pl.col(item)).alias(item)
            for item, scale in scales.items()
            if scale.kind != "text"
        ]
        return Survey.of(
            sample.frame.with_columns(levels), sample.design, calibration=sample.calibration
        )

    # --- tables -----------------------------------------------------------------------------------

    def read(self, name: str) -> pl.DataFrame:
        """The table of a layer in this scope; where an axis of the layer is open here, the tables
        of all that the scope stands over, one after the other.

        Raises:
            ScopeError: there is no such layer.
            NotReadyError: the table is not there yet.

        """
        return pl.concat([self._table(name, scope) for scope in self._scopes(name)])

    def history(self, name: str) -> pl.DataFrame:
        """The tables of a layer of every wave that has run, up to this one, one after the other.

        Raises:
            NotReadyError: none is there yet.

        """
        return pl.concat([self._table(name, scope) for scope in self._history(name)])

    def save(self, name: str, frame: pl.DataFrame) -> None:
        """Writes the table of a layer that `plan.yml` says this notebook makes."""
        one = self._layer(name)
        path = self.workspace.table(self.study.id, name, self.scope.along(one.axes))
        write_table(frame, path, one.schema, self.provenance)

    def _layer(self, name: str) -> Layer:
        """A layer of the workspace.

        Raises:
            ScopeError: there is none of that name.

        """
        known = known_layers(self.workspace)
        if name not in known:
            raise ScopeError.unknown("layer", name, known)
        return known[name]

    def _table(self, name: str, scope: Scope) -> pl.DataFrame:
        path = self.workspace.table(self.study.id, name, scope)
        return read_table(path, self._layer(name).schema, hint=self._hint)

    def _history(self, name: str) -> list[Scope]:
        """The scopes of the tables of a layer that are there, of every wave up to this one."""
        scopes = [
            Scope(self.directorate.id, wave.id) for wave in self.study.waves_until(self.wave.id)
        ]
        return self._there(name, scopes)

    def _scopes(self, name: str) -> list[Scope]:
        """The scopes of a layer's tables that this scope stands over."""
        axes = self._layer(name).axes
        if all(axis in self.scope.parameters for axis in axes):
            return [self.scope.along(axes)]
        found = [
            scope
            for directorate in self.study.directorates
            for wave in self.study.waves
            if self.scope.covers(scope := Scope(directorate.id, wave.id))
        ]
        return self._there(name, list(dict.fromkeys(scope.along(axes) for scope in found)))

    def _there(self, name: str, scopes: list[Scope]) -> list[Scope]:
        """The scopes in which a layer has a table.

        Raises:
            NotReadyError: there is none.

        """
        found = [
            scope for scope in scopes if self.workspace.table(self.study.id, name, scope).exists()
        ]
        if not found:
            raise NotReadyError(
                f"There is no {name} table yet.", where=self.scope.title, hint=self._hint
            )
        return found

    def _provenance(self, name: str) -> Provenance:
        """Where the tables of a layer in this scope came from, together."""
        parts = [
            read_provenance(self.workspace.table(self.study.id, name, scope))
            for scope in self._scopes(name)
        ]
        return Provenance(
            study=self.study.id,
            study_digest=self.study.digest,
            inputs={file: digest for part in parts for file, digest in part.inputs.items()},
            simulated=any(part.simulated for part in parts),
        )

    @property
    def _keys(self) -> dict[str, str]:
        return {"directorate": self.directorate.id, "wave": self.wave.id}

    @property
    def _hint(self) -> str:
        return f"`observatoire run {self.study.id}` makes it."

    def _given(self, axis: str) -> str:
        value = self.scope.parameters.get(axis)
        if value is None:
            raise ScopeError(
                f"This scope is open to every {axis}: what was asked is about one.",
                where=self.scope.title or self.study.id,
                hint=f"open it with one: open_scope({self.study.id!r}, {axis}=…).",
            )
        return value

    # --- views ------------------------------------------------------------------------------------

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


def open_scope(
    study: str,
    *,
    directorate: str | None = None,
    wave: str | None = None,
    requires: Collection[Requirement] = (),
) -> OpenScope:
    """Opens a part of a study, from a notebook anywhere in the workspace.

    Args:
        study: Identifier, as in `params/`.
        directorate, wave: Identifiers; what is left out stands for all of them.
        requires: `commitments`, `management`: seen of the study where they stand here, and in what
            plan.yml says that the notebook requires.

    Raises:
        ScopeError: no such study, directorate or wave; the message proposes the nearest names.
        NotReadyError: nobody's answers have been read yet.

    """
    workspace = Workspace.find(Path.cwd())
    loaded = open_study(workspace, study)
    scope = Scope(
        loaded.directorate(directorate).id if directorate else None,
        loaded.wave(wave).id if wave else None,
    )
    opened = OpenScope(workspace, loaded.seen_from(scope, requires=requires), scope)
    try:
        opened.provenance  # noqa: B018 - nothing can be done before somebody answered
    except (NotReadyError, OSError):
        raise NotReadyError(
            "Nobody's answers have been read here yet.",
            where=scope.title or study,
            hint=f"`observatoire simulate {study}` or `observatoire register {study} DRAFT.yml`, "
            f"then `observatoire run {study}`.",
        ) from None
    return opened
