"""What the workshop notebooks make of a part of a study: a method per table that they save."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from analysis.errors import ScopeError
from analysis.indicators import (
    UserSegments,
    WeightedSample,
    answers_by_channel,
    changes,
    collisions,
    commitments,
    convergence,
    declared_audiences,
    decompositions,
    exposure,
    fieldwork,
    gaps,
    item_response,
    listening_map,
    management,
    margin_shares,
    movements,
    observations,
    participation,
    poolings,
    quality_flags,
    restore_sample,
    sample_cubes,
    sample_name,
    sample_representativity,
    satisfaction,
    series,
    site_funnel,
    standings,
    stored_cube,
    themes,
    user_profiles,
    user_segments,
    weigh_all,
    weighting_table,
    weights_table,
)
from analysis.inference import Cube
from analysis.workbench.stored import StoredScope


class ResultScope(StoredScope):
    """A directorate and a wave of a study, each of which may be open, and what is made of it."""

    @cached_property
    def responses(self) -> pl.DataFrame:
        """`storage.Responses` with one column of codes per item: every kept answer."""
        return self.read("responses")

    # --- notebook 10: what came in, and the weights -----------------------------------------------

    @cached_property
    def samples(self) -> tuple[WeightedSample, ...]:
        """The samples that its figures are made from, weighted (see `indicators.weigh_all`)."""
        return weigh_all(self.responses, self.study, self.read("dispositions"), **self._keys)

    def answers(self) -> pl.DataFrame:
        """`indicators.Answers`: respondents kept, by channel."""
        return answers_by_channel(
            self.responses, self.samples, self.study, **self._keys, simulated=self.simulated
        )

    def participation(self) -> pl.DataFrame:
        """`indicators.Participation`: of those who were invited, how many answered."""
        return participation(
            self.responses,
            self.read("dispositions"),
            self.study,
            **self._keys,
            simulated=self.simulated,
        )

    def representativity(self) -> pl.DataFrame:
        """`indicators.Representativity`: whether those who answered are like those drawn."""
        return sample_representativity(
            self.read("dispositions"), self.study, **self._keys, simulated=self.simulated
        )

    def exposure(self) -> pl.DataFrame:
        """`indicators.Exposure`: of those who could answer where anyone may, how many did."""
        measures = self._read_where_made("measures")
        return exposure(
            self.responses, measures, self.study, **self._keys, simulated=self.simulated
        )

    def item_response(self) -> pl.DataFrame:
        """`indicators.ItemResponse`: the questions that stay without an answer, by channel."""
        return item_response(self.responses, self.study, **self._keys, simulated=self.simulated)

    def margins(self) -> pl.DataFrame:
        """`indicators.Margins`: the reference sample beside the users, before weighting."""
        reference = self.study.reference_channels(self.directorate.id)
        sample = next((sample for sample in self.samples if sample.channels == reference), None)
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

    def fieldwork(self) -> pl.DataFrame:
        """`indicators.Fieldwork`: what the collection amounted to, as counts."""
        return fieldwork(
            self.responses,
            self.receipts(),
            self.refused(),
            self.read("dispositions"),
            self.study,
            **self._keys,
        )

    # --- notebook 15: what weakens a wave ---------------------------------------------------------

    def quality_flags(self) -> pl.DataFrame:
        """`indicators.QualityFlags`: what is missing or odd in the wave, in all directorates."""
        counts = self.history("fieldwork")
        return quality_flags(counts, self.study, wave=self.wave.id, simulated=self.simulated)

    # --- notebooks 20 and later: what is made of it -----------------------------------------------

    def satisfaction(self) -> pl.DataFrame:
        """`indicators.Estimates`: the indicators, by their definitions and declared breakdowns."""
        return satisfaction(self.read("cube"), self.read("weighting"), self.study, **self._keys)

    def gaps(self, estimates: pl.DataFrame) -> pl.DataFrame:
        """`indicators.Gaps`: how far apart profiles are, and channels, on the overall indicator.

        Args:
            estimates: What `satisfaction` gives.

        """
        return gaps(self.read("cube"), estimates, self.study, **self._keys)

    def changes(self) -> pl.DataFrame:
        """`indicators.Changes`: from the wave that this one is compared with, and along all."""
        cubes = self._reference_cubes()
        return changes(self.history("estimates"), self.study, **self._keys, cubes=cubes)

    def decompositions(self, changes: pl.DataFrame) -> pl.DataFrame:
        """`indicators.Decompositions`: what of a change comes of other people having answered.

        Args:
            changes: What `changes` gives.

        """
        cubes = self._reference_cubes()
        estimates = self.history("estimates")
        return decompositions(changes, estimates, cubes, self.study, wave=self.wave.id)

    def sites(self) -> pl.DataFrame:
        """`indicators.Sites`: how the sites of each kind differ over the last waves."""
        return site_funnel(self.history("estimates"), self.study, **self._keys)

    def standings(self) -> pl.DataFrame:
        """`indicators.Standings`: how far apart directorates are, on each headline indicator."""
        return standings(self.read("estimates"), self.study, wave=self.wave.id)

    # --- notebooks 30 and 55: commitments and what is measured -----------------------------------

    def management(self) -> pl.DataFrame:
        """`indicators.Management`: what is measured of the cases that users speak of."""
        return management(
            self.history("measures"),
            self.read("estimates"),
            self.study,
            **self._keys,
            simulated=self.simulated or self._simulated_in("measures"),
        )

    def commitments(self) -> pl.DataFrame:
        """`indicators.Commitments`: each commitment as perceived, as measured, and both."""
        measured = self._read_where_made("management")
        simulated = measured is not None and bool(measured["simulated"].any())
        return commitments(
            self.read("cube"),
            self.read("estimates"),
            measured,
            self.study,
            **self._keys,
            simulated=self.simulated or simulated,
        )

    # --- notebook 83: who the users are -----------------------------------------------------------

    def user_profiles(self) -> pl.DataFrame:
        """`indicators.UserProfiles`: who the users of each product are."""
        cubes = {
            str(scope.directorate): stored_cube(
                self._table("cube", scope),
                sample_name(self.study.reference_channels(str(scope.directorate))),
            )
            for scope in self._scopes("cube")
        }
        known = {name: cube for name, cube in cubes.items() if cube is not None}
        return user_profiles(known, self.read("weighting"), self.study, wave=self.wave.id)

    def audiences(self) -> pl.DataFrame:
        """`indicators.Audiences`: whom products are for, as declared."""
        return declared_audiences(self.study, wave=self.wave.id, simulated=self.simulated)

    def segments(self) -> pl.DataFrame:
        """`indicators.UserSegments`: users of a few kinds, the same from wave to wave; without a
        row where the study declares none.
        """
        if self.study.profiles is None or self.study.profiles.segments is None:
            return UserSegments.create_empty()
        samples: dict[str, dict[str, WeightedSample]] = {
            wave.id: {} for wave in self.study.waves_until(self.wave.id)
        }
        for scope in self._history("weights"):
            about = {"directorate": str(scope.directorate), "wave": str(scope.wave)}
            samples[about["wave"]][about["directorate"]] = restore_sample(
                self._table("responses", scope),
                self._table("weights", scope),
                self._table("weighting", scope),
                self._table("dispositions", scope),
                self.study,
                **about,
                channels=self.study.reference_channels(about["directorate"]),
            )
        return user_segments(samples, self.study, wave=self.wave.id, simulated=self.simulated)

    # --- notebook 85: who listens to whom ---------------------------------------------------------

    def listening(self) -> pl.DataFrame:
        """`indicators.ListeningMap`: the moments and audiences of products, and who listens."""
        return listening_map(
            self.history("answers"),
            self._history_where_made("flows"),
            self._history_where_made("grids"),
            self.study,
            wave=self.wave.id,
            simulated=self.simulated,
        )

    def collisions(self) -> pl.DataFrame:
        """`indicators.Collisions`: whom two devices ask within too short a time."""
        return collisions(self.study, wave=self.wave.id, simulated=self.simulated)

    def poolings(self) -> pl.DataFrame:
        """`indicators.Poolings`: devices that could be one, and what that would spare."""
        return poolings(self.study, wave=self.wave.id, simulated=self.simulated)

    def movements(self) -> pl.DataFrame:
        """`indicators.Movements`: how the flows of products moved, and where one broke."""
        flows = self._history_where_made("flows")
        return movements(flows, self.study, wave=self.wave.id, simulated=self.simulated)

    def observations(self) -> pl.DataFrame:
        """`indicators.Observations`: what was seen in sessions."""
        return observations(
            self._sessions(), self.study, wave=self.wave.id, simulated=self.simulated
        )

    def themes(self) -> pl.DataFrame:
        """`indicators.Themes`: what stopped or helped people in sessions."""
        return themes(self._sessions(), wave=self.wave.id, simulated=self.simulated)

    def _sessions(self) -> pl.DataFrame:
        """`storage.Grids` of the wave."""
        return self._history_where_made("grids").filter(wave=self.wave.id)

    def convergence(self, movements: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
        """`indicators.Convergence`: what devices of several families say of one thing.

        Args:
            movements: What `movements` gives.
            observations: What `observations` gives.

        """
        return convergence(
            movements,
            observations,
            self.history("estimates"),
            self.study,
            wave=self.wave.id,
            simulated=self.simulated,
        )

    def series(self, item: str, definition: str) -> pl.DataFrame:
        """Every wave that has run, up to this one, under one constant definition.

        Returns:
            The columns of `indicators.series`, and those that say what is measured, of whom:
            `show` and `draw` read them.

        Raises:
            ScopeError: no such item or definition, or a cube does not hold the item.

        """
        self.study.item(item)
        read_by = self.study.definition(definition)
        cubes = self._reference_cubes()
        for wave, cube in cubes.items():
            if item not in cube.levels:
                kind = f"item of the stored cube of {wave}"
                raise ScopeError.unknown(kind, item, cube.levels, where=self.scope.title)
        about = {
            "directorate": self.directorate.id,
            "item": item,
            "definition": read_by.id,
            "definition_version": read_by.version,
            "kind": read_by.figure_kind,
            "unit": read_by.unit,
            "channels": self._reference_sample,
        }
        steps = series(cubes, item, read_by)
        if steps.is_empty():
            return steps
        return steps.with_columns(pl.lit(value).alias(name) for name, value in about.items())

    @property
    def _reference_sample(self) -> str:
        """The name of the sample that the directorate's headline figures rest on."""
        return sample_name(self.study.reference_channels(self.directorate.id))

    def _reference_cubes(self) -> dict[str, Cube]:
        """Wave → the cube of its reference sample, for every wave that has run, up to this one."""
        stored = {
            str(scope.wave): stored_cube(self._table("cube", scope), self._reference_sample)
            for scope in self._history("cube")
        }
        return {wave: cube for wave, cube in stored.items() if cube is not None}
