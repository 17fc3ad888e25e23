"""What may be said of a count: how it moved since a year before, and in which month it broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.released import ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.study import Directorate
from analysis.study.flows import Series
from analysis.study.listening import Device

MOVED, STEADY = ("up", "down"), "steady"


@dataclass(frozen=True)
class Flow:
    """A count of a product, with all that is released of it.

    Attributes:
        device, series: What counts, and what.
        total: Over the months of the wave.
        year: Since the same months a year before; None where nothing is said of it.
        months: In the order of time, those that are shown.
        breaks: The months in which it broke, declared ones too.

    """

    device: Device
    series: Series
    total: ReleasedFigure
    year: ReleasedFigure | None
    months: tuple[ReleasedFigure, ...]
    breaks: tuple[ReleasedFigure, ...]

    @property
    def judged(self) -> bool:
        """Whether it is said to have moved, or not to: what it counts has not changed between."""
        return self.year is not None and self.year.word in (*MOVED, STEADY)

    @property
    def moved(self) -> bool:
        """Whether it is said to have moved."""
        return self.year is not None and self.year.word in MOVED

    def name(self, language: Language) -> str:
        """What is counted; of a part, of what."""
        label = language.typeset(self.series.label)
        if self.series.of is None:
            return label
        whole = language.typeset(self.device.one_series(self.series.of).label)
        return language.text("series_of", part=label, whole=whole)


def flows_of(wording: Wording, figures: ReleasedFigures, product: Directorate) -> list[Flow]:
    """The counts of a product in the edition's wave, in the order of devices."""
    listening = wording.study.listening
    if listening is None:
        return []
    own: dict[str, list[ReleasedFigure]] = {}
    for figure in figures.select("movements", wave=wording.wave.id, directorate=product.id):
        own.setdefault(figure.indicator, []).append(figure)
    return [
        Flow(
            device=device,
            series=series,
            total=_only(rows, "total"),
            year=next((one for one in rows if one.definition == "year" and not one.hidden), None),
            months=_dated(rows, "month"),
            breaks=_dated(rows, "break"),
        )
        for device in listening.devices
        for series in device.series
        if (rows := own.get(f"{device.id}.{series.id}"))
        and any(one.definition == "total" for one in rows)
    ]


def _only(rows: Sequence[ReleasedFigure], definition: str) -> ReleasedFigure:
    return next(one for one in rows if one.definition == definition)


def _dated(rows: Sequence[ReleasedFigure], definition: str) -> tuple[ReleasedFigure, ...]:
    found = [one for one in rows if one.definition == definition and not one.hidden]
    return tuple(sorted(found, key=lambda one: one.category))


def flows_title(wording: Wording, found: Sequence[Flow]) -> Sentence:
    """How many counts moved since a year before."""
    judged = [flow.year for flow in found if flow.judged and flow.year is not None]
    if not judged:
        return wording.said("flows_head_untold", [])
    moved = [year for year in judged if year.word in MOVED]
    if len(judged) == 1:
        return wording.said("flows_head_only_moved" if moved else "flows_head_only", moved)
    ending = "none" if not moved else "one" if len(moved) == 1 else "n"
    number = wording.language.number
    return wording.said(
        f"flows_head_{ending}", moved, count=number(len(moved)), total=number(len(judged))
    )


def flow_reading(wording: Wording, flow: Flow) -> str:
    """How a count moved, whether that is better, and where it broke."""
    text = wording.language.text
    parts = [text("moved_untold") if flow.year is None else _moved(wording, flow.year)]
    parts += [_broke(wording, one) for one in flow.breaks]
    return wording.language.series(parts)


def break_reading(wording: Wording, broke: ReleasedFigure) -> str:
    """In which month a count broke, by how much, and whether that is better."""
    words = _broke(wording, broke)
    return (
        wording.language.text(f"moved_toward_{broke.method}", word=words) if broke.method else words
    )


def _broke(wording: Wording, broke: ReleasedFigure) -> str:
    month = wording.language.month(broke.category)
    size = wording.formats.value(broke)
    return wording.language.text(f"broke_{broke.word}", month=month, size=size)


def _moved(wording: Wording, year: ReleasedFigure) -> str:
    text = wording.language.text
    word = text(f"moved_{year.word}")
    return text(f"moved_toward_{year.method}", word=word) if year.method else word
