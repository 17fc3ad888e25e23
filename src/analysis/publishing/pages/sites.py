"""The section on sites: a funnel, unnamed."""

from __future__ import annotations

from analysis.publishing import charts
from analysis.publishing.blocks import Block, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure, visible
from analysis.publishing.wording.sentences import source_text

PLACES = ("above", "inside", "below")
FEWEST_DRAWN = 8
"""A funnel with fewer points would show next to nothing of the sites."""


def sites(page: Page) -> Block:
    """A funnel of the sites over the pooled waves, without their names; empty where too few may be
    shown.
    """
    language, wording = page.language, page.wording
    about = {"directorate": page.directorate.id, "wave": page.wave.id}
    mean = page.figures.find("sites", **about, kind="share", breakdown="total")
    shares = visible(page.figures.select("sites", **about, kind="share", breakdown="site"))
    counts = {
        figure.category: figure
        for figure in visible(page.figures.select("sites", **about, kind="count"))
    }
    if mean is None or len(shares) < FEWEST_DRAWN or set(counts) != set(PLACES):
        return block("sites")
    limits = page.figures.select("sites", **about, kind="limit")
    outside = [counts["above"], counts["below"]]
    count = sum(int(figure.shown_value) for figure in outside)
    mean_text = language.percent(mean.shown_value)
    name = f"sites-{page.directorate.id}"
    pooled = _waves_pooled(page, mean)
    return block(
        "sites",
        heading(
            wording.said(
                f"finding_funnel_{'none' if count == 0 else 'one' if count == 1 else 'n'}",
                outside,
                count=language.number(count),
            )
        ),
        page.chart_part(
            name,
            lambda axes: charts.funnel_chart(
                axes,
                mean=mean.shown_value,
                sites=[
                    (float(figure.size or 0), figure.shown_value, figure.word) for figure in shares
                ],
                inner=_curve(limits, "inner"),
                outer=_curve(limits, "outer"),
                labels={
                    "x": language.text("axis_effective"),
                    "y": language.text("axis_share"),
                    "mean": language.text("legend_mean"),
                    "inner": language.text("legend_95"),
                    "outer": language.text("legend_998"),
                },
            ),
            alt=wording.said(
                "alt_funnel",
                [mean, *outside],
                count=language.number(len(shares)),
                mean=mean_text,
                outside=language.number(count),
            ),
            caption=language.text("caption_funnel", indicator=wording.subject, waves=pooled),
            height=3.6,
        ),
        figure_notes(
            language,
            lecture=wording.said("reading_funnel", [mean], mean=mean_text),
            note=language.text("note_funnel", count=language.number(len(shares))),
            source=source_text(wording),
        ),
        table(
            name,
            columns={
                language.text("column_place"): [
                    language.text(f"place_{position}") for position in PLACES
                ],
                language.text("column_sites"): [
                    language.number(counts[position].shown_value) for position in PLACES
                ],
            },
            caption=language.text("caption_funnel_table", limits=language.text("legend_998")),
            numeric=[language.text("column_sites")],
        ),
    )


def _waves_pooled(page: Page, mean: ReleasedFigure) -> str:
    """How many waves are pooled, in words."""
    since = page.study.wave(str(mean.against))
    count = sum(since.start <= wave.start for wave in page.study.waves_until(page.wave.id))
    return page.language.text(
        f"waves_pooled_{1 if count == 1 else 'n'}", count=page.language.number(count)
    )


def _curve(limits: list[ReleasedFigure], name: str) -> charts.Curve:
    """Sizes, lower and upper limits of one curve."""
    points = [figure for figure in limits if figure.breakdown == name]
    return charts.Curve(
        size=[float(figure.size or 0) for figure in points],
        low=[float(figure.low or 0) for figure in points],
        high=[float(figure.high or 0) for figure in points],
    )
