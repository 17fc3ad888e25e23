"""A part of a study, opened for work: what was asked, what came in, and what is made of it.

>>> from analysis.workbench import open_scope
>>> scope = open_scope("cd93", directorate="dpaph", wave="2026-1")  # doctest: +SKIP
>>> scope.show(scope.satisfaction())  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from analysis.disclosure import InternalView
from analysis.errors import NotReadyError
from analysis.indicators import (
    WeightedSample,
    restore_sample,
)
from analysis.inference import TOTAL, Survey
from analysis.publishing.wording.formats import Formats
from analysis.publishing.wording.labels import Labels
from analysis.publishing.wording.language import Language
from analysis.study import Workspace, open_study
from analysis.study.scope import Requirement, Scope
from analysis.workbench.origin import Origin
from analysis.workbench.pictures import Pictures
from analysis.workbench.questions import crosstab, questions_asked, survey_of
from analysis.workbench.results import ResultScope
from analysis.workbench.tables import Tables

Variable = Literal["total", "channel", "site", "profile"]
"""What a table is broken down by."""


@dataclass(frozen=True)
class OpenScope(ResultScope):
    """A directorate and a wave of a study, each of which may be open: its tables (see
    `StoredScope`), what is made of it (`ResultScope`), and questions of one's own.
    """

    def __repr__(self) -> str:
        text, typeset = self.language.text, self.language.typeset
        about = [self.directorate.label] if self.scope.directorate else []
        about += [self.wave.label] if self.scope.wave else []
        about_scope = text("scope_about", study=self.study.id, about=typeset(", ".join(about)))
        lines = [about_scope if about else self.study.id]
        if self.scope.wave:
            days = {name: self.language.day(getattr(self.wave, name)) for name in ("start", "end")}
            lines.append(text("scope_field", **days))
        if self.scope.directorate and self.scope.wave:
            lines.append(self._answers_in_words())
        return "\n".join([*lines, text("made_of_simulated")] if self.simulated else lines)

    def _answers_in_words(self) -> str:
        """The number of answers kept, in all and by channel, in words."""
        counted_answers = pl.concat(
            pl.read_parquet(path, columns=["channel"], hive_partitioning=False)
            for path in self._paths("responses")
        )
        by_channel = (
            counted_answers.group_by("channel")
            .len()
            .sort("len", "channel", descending=[True, False])
        )
        phrases = [
            f"{self.language.typeset(self.study.channel(channel).label)} "
            f"({self.language.number(count)})"
            for channel, count in by_channel.iter_rows()
        ]
        count = self.language.number(counted_answers.height)
        return self.language.text("scope_answers", count=count, channels=", ".join(phrases))

    # --- what it is about -------------------------------------------------------------------------

    @property
    def language(self) -> Language:
        """The study's language: how its numbers and phrases are written."""
        return Language.of(self.study.language)

    @property
    def provenance(self) -> Origin:
        """What its figures are made of, in words: deliveries and files, answers, study."""
        return Origin(
            recorded=self._recorded_provenance, answers=self._answer_count, language=self.language
        )

    @property
    def _answer_count(self) -> int:
        """How many answers were kept, by the tables' own metadata."""
        return sum(
            int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())
            for path in self._paths("responses")
        )

    def primary(self, frame: pl.DataFrame, *, by: Variable | None = None) -> pl.DataFrame:
        """The rows of a table that hold the primary definition of their indicator: the one in
        titles.

        Args:
            frame: `indicators.Estimates`, `Changes` or any table with indicator and definition.
            by: Only those by `channel`, by `site`, by `profile` (every other breakdown), or about
                everybody (`total`).

        """
        names = {indicator.id: indicator.definitions[0] for indicator in self.study.indicators}
        first = pl.col("indicator").replace_strict(names, default=None, return_dtype=pl.String)
        selected = frame.filter(pl.col("definition") == first)
        if by is None:
            return selected
        kinds = {breakdown.id: "profile" for breakdown in self.study.breakdowns} | {TOTAL: TOTAL}
        kinds |= {
            breakdown.id: breakdown.by
            for breakdown in self.study.breakdowns
            if breakdown.by in ("channel", "site")
        }
        return selected.filter(
            pl.col("breakdown").is_in([name for name, kind in kinds.items() if kind == by])
        )

    # --- questions of one's own -------------------------------------------------------------------

    def crosstab(
        self,
        item: str,
        definition: str,
        *,
        by: str | Sequence[str] = (),
        channels: Sequence[str] = (),
    ) -> pl.DataFrame:
        """One question, read by one definition, crossed with others: weighted, with its intervals.

        Args:
            item: A closed question.
            definition: One of the study's (T2B, M10, …), or the share of one level: P1, P2, …
            by: Questions, declared breakdowns, `site` or `channel`; several are crossed, and none
                is everybody.
            channels: Whose answers; the reference channels by default.

        Returns:
            `workbench.questions.Crosstab`, and one column of labels per variable.

        Raises:
            ScopeError: an unknown name, or a question that these channels do not ask; the nearest
                names are proposed.

        >>> scope.crosstab("Q01", "T2B", by=["AGE", "SEUL"])  # doctest: +SKIP

        """
        return crosstab(
            self._sample(tuple(channels)),
            self.study,
            item=item,
            definition=definition,
            by=[by] if isinstance(by, str) else list(by),
            unknown=self.language.text("unknown_category"),
            about={**self._keys, "simulated": self.simulated},
        )

    def verbatims(self, item: str | None = None) -> pl.DataFrame:
        """`storage.Verbatims`: what people wrote, redacted; in answer to one question, or to all.

        Raises:
            ScopeError: no such question.

        """
        texts = self.read("verbatims")
        return texts if item is None else texts.filter(item=self.study.item(item).id)

    def survey(self, *channels: str) -> Survey:
        """The users heard by some channels (the reference ones by default), as rows to estimate
        from: what a cube does not hold, by the same chain.

        They carry their design and their calibration. An answer that is no level of its scale
        (« not concerned », « don't know », no answer, …) is null: codes such as 98 are no numbers.
        """
        return survey_of(self._sample(channels), self.study)

    def questions(self, *channels: str) -> pl.DataFrame:
        """What may be asked: each question that some channels ask here (the reference ones by
        default), with its identifier, wording, answers and definitions.
        """
        return questions_asked(self.study, self._sample(channels), self.directorate.id)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The questions on who answers that the reference channels ask: what to cross others
        with.
        """
        return tuple(self.questions().filter(role="profile").get_column("id"))

    def _sample(self, channels: tuple[str, ...]) -> WeightedSample:
        """The sample of some channels, the reference ones by default, with its stored weights."""
        if channels not in self._samples:
            selected = tuple(self.study.channel(name) for name in channels)
            self._samples[channels] = restore_sample(
                self.responses,
                self.read("weights"),
                self.read("weighting"),
                self.read("dispositions"),
                self.study,
                **self._keys,
                channels=selected or self.study.reference_channels(self.directorate.id),
            )
        return self._samples[channels]

    @cached_property
    def _samples(self) -> dict[tuple[str, ...], WeightedSample]:
        """Channels → their sample, once it has been asked for."""
        return {}

    # --- views ------------------------------------------------------------------------------------

    def show(self, frame: Any, *columns: str) -> InternalView:
        """A table under the watermark of the internal view: labels, percents and points in the
        study's language.

        Identifiers are shown by their labels; both bounds of an interval in one cell where they
        stand together; a figure on fewer answers than may be read by its sign. A table of more than
        twenty rows is folded.

        Args:
            frame: Any table of the workshop; a pandas one too.
            columns: Those to show, in their order; by default all that say something (see
                `workbench.tables.RECIPE` for those that say how figures were made).

        """
        return InternalView(self._tables.html(_as_polars(frame), columns))

    def draw(self, frame: Any, *, label: str | None = None) -> InternalView:
        """The values of a table of figures with their intervals, under the same watermark: one line
        per row, or a curve where the rows are waves.

        Args:
            frame: Figures of one unit, in the order they are drawn in; a pandas frame too.
            label: Column that names the rows; found where it is left out.

        Raises:
            ScopeError: rows of several units, or an unknown label.

        """
        return InternalView(self._pictures.svg(_as_polars(frame), label=label))

    def funnel(self, sites: pl.DataFrame) -> InternalView:
        """The named sites of `indicators.Sites` with the limits between which they are ordinary,
        under the same watermark.
        """
        return InternalView(self._pictures.funnel(sites))

    @property
    def _pictures(self) -> Pictures:
        mark = self.language.text("simulated_mark") if self.simulated else None
        return Pictures(self._tables, mark)

    @cached_property
    def _tables(self) -> Tables:
        formats = Formats(self.language)
        return Tables(formats, Labels(self.study, self.language))


def _as_polars(frame: Any) -> pl.DataFrame:
    """A polars frame from a polars or pandas one."""
    return frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame)


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
    opened = OpenScope(workspace, loaded.for_scope(scope, requires=requires), scope)
    try:
        opened.simulated  # noqa: B018 - nothing can be done before somebody answered
    except (NotReadyError, OSError):
        raise NotReadyError(
            "Nobody's answers have been read here yet.",
            where=scope.title or study,
            hint=f"`observatoire simulate {study}` or `observatoire register {study} DRAFT.yml`, "
            f"then `observatoire run {study}`.",
        ) from None
    return opened
