"""What differs between two editions, as a page and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from analysis.editions.difference import Difference, FigureChange
from analysis.editions.open_data import DECIMALS
from analysis.publishing.blocks import Part, callout, heading, paragraph, table
from analysis.publishing.released import TOTAL, ReleasedFigure
from analysis.publishing.wording.formats import SCORE, Formats
from analysis.publishing.wording.labels import Labels
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.storage.figures import BETWEEN, KEY_PARTS
from analysis.study import Study


@dataclass(frozen=True)
class DifferencePage:
    """What two editions differ by, for readers.

    Attributes:
        study: It names what figures are of, in its main language.
        found: What differs.
        same_wave: Whether they are versions of one wave: what made them differ is told then.
        titles: What pages are called in the navigation, by the name of their file; a page that no
            notebook makes any more is called by that.

    """

    study: Study
    found: Difference
    same_wave: bool
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """That of the page."""
        return Language.of(self.study.language)

    def parts(self, file: str) -> list[Part]:
        """Its sections.

        Args:
            file: The table of all figures that differ, beside it.

        """
        text, figures = self.language.text, self.found.figures
        if not figures:
            counted = paragraph(text("difference_none"))
        else:
            heads = sum(one.head for one in figures)
            numbers = {"count": len(figures), "heads": heads}
            said = {name: self.language.number(number) for name, number in numbers.items()}
            link = f"[{text('difference_file')}]({file})"
            counted = paragraph(f"{text('difference_count', **said)} {link}")
        return [
            *simulated_notice(self.language, figures),
            counted,
            *self._figures(),
            *self._sentences(),
        ]

    def _figures(self) -> list[Part]:
        heads = [one for one in self.found.figures if one.head]
        if not heads:
            return []
        text = self.language.text
        columns = {
            text("column_figure"): [self._name(one.any) for one in heads],
            text("column_before"): [self._value(one.before) for one in heads],
            text("column_after"): [self._value(one.after) for one in heads],
            text("column_moved"): [self._difference(one) for one in heads],
        }
        if self.same_wave:
            columns[text("column_cause")] = [self._cause(one) for one in heads]
        caption = text("difference_figures_caption")
        numeric = [text("column_before"), text("column_after"), text("column_moved")]
        return [
            heading(text("difference_figures")),
            table("figures", columns=columns, caption=caption, numeric=numeric),
        ]

    def _sentences(self) -> list[Part]:
        text, sentences = self.language.text, self.found.sentences
        head = heading(text("difference_sentences"))
        if not sentences:
            return [head, paragraph(text("difference_no_sentence"))]
        absent = text("figure_absent")
        columns = {
            text("column_page"): [self.titles.get(one.page, one.page) for one in sentences],
            text("column_sentence"): [text(f"sentence_{one.kind}") for one in sentences],
            text("column_before"): [one.before or absent for one in sentences],
            text("column_after"): [one.after or absent for one in sentences],
        }
        caption = text("difference_sentences_caption")
        return [head, table("sentences", columns=columns, caption=caption)]

    def _name(self, figure: ReleasedFigure) -> str:
        """What a figure is of, in words where the study has some."""
        labels, row = Labels(self.study, self.language), vars(figure)
        parts = [labels.of("directorate", figure.directorate, row)] if figure.directorate else []
        kept = {one.id: self.language.typeset(str(one.label)) for one in self.study.commitments}
        about = figure.indicator
        parts.append(kept[about] if about in kept else labels.of("indicator", about, row))
        parts.append(labels.of("definition", figure.definition, row))
        if figure.breakdown != TOTAL:
            parts.append(self.language.typeset(self._category(figure)))
        if figure.against:
            wave = labels.of("against", figure.against, row)
            parts.append(self.language.text("compared_with", wave=wave))
        return ", ".join(parts)

    def _category(self, figure: ReleasedFigure) -> str:
        """Of whom a figure is, or between whom it lies, as the study words it."""
        if figure.wave is None:
            return figure.category_label or figure.category
        wording = Wording(self.study, self.language, self.study.wave(figure.wave))
        apart = [
            replace(figure, category=one, category_label=one)
            for one in figure.category.split(BETWEEN)
        ]
        names = [
            self.language.text("category_total") if one.category == TOTAL else wording.category(one)
            for one in (apart if len(apart) > 1 else [figure])
        ]
        return " – ".join(names)

    def _value(self, figure: ReleasedFigure | None) -> str:
        if figure is None:
            return self.language.text("figure_absent")
        return Formats(self.language).with_unit(figure)

    def _difference(self, change: FigureChange) -> str:
        """After minus before, made before rounding; a dash where one of them has no number."""
        value, unit = change.difference, change.any.unit
        if value is None:
            return self.language.text("difference_unknown")
        if unit in ("share", "points"):
            return self.language.points(value, decimals=1)
        return self.language.signed(value, decimals=1 if unit.startswith(SCORE) else 0)

    def _cause(self, change: FigureChange) -> str:
        return ", ".join(self.language.text(f"cause_{cause}") for cause in change.causes)


def simulated_notice(language: Language, figures: Sequence[FigureChange]) -> list[Part]:
    """That some of the figures are simulated, where they are."""
    if not any(one.any.simulated for one in figures):
        return []
    return [callout(language.text("simulated_title"), language.text("made_of_simulated"))]


def difference_table(found: Difference) -> pl.DataFrame:
    """All figures that differ, one per row: key, what it was and is, what made it so."""
    rows = [
        {
            **{name: getattr(one.any, name) for name in ("key", *KEY_PARTS)},
            "change": one.kind,
            "simulated": one.any.simulated,
            "cause": " ".join(one.causes),
            **_side("before", one.before),
            **_side("after", one.after),
        }
        for one in found.figures
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _side(name: str, figure: ReleasedFigure | None) -> dict[str, object]:
    numbers = {
        part: None if figure is None else getattr(figure, part) for part in ("value", "low", "high")
    }
    rounded = {
        f"{name}_{part}": None if value is None else round(value, DECIMALS)
        for part, value in numbers.items()
    }
    return rounded | {
        f"{name}_word": "" if figure is None else figure.word,
        f"{name}_status": "" if figure is None else figure.status.value,
    }
