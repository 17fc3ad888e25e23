"""What a manifest says of a file of reviews left on line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from analysis.intake.mapping import check_asked
from analysis.study import Model, Study
from analysis.study.labels import normalise
from analysis.study.types import Identifier, ItemId, Text


class ReviewTable(Model):
    """Reviews of one channel, of all the days of a file: each day tells its wave.

    Attributes:
        channel: The channel that they answer.
        forms: Name of a form → the product it is about.
        questions: Heading of a column, as the question was worded → item. A question whose wording
            changed is another item, or a declared break.
        ignored: Headings of questions that are not followed.
        sheets: Those of a workbook, in their order: one per year, or part of one. None for a CSV.

    """

    channel: Identifier
    forms: Annotated[dict[Text, Identifier], Field(min_length=1)]
    questions: Annotated[dict[Text, ItemId], Field(min_length=1)]
    ignored: tuple[Text, ...] = ()
    sheets: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _check_headings_differ(self) -> ReviewTable:
        headings = [normalise(text) for text in (*self.questions, *self.ignored)]
        if len(set(headings)) < len(headings):
            raise ValueError("a heading stands twice among `questions` and `ignored`")
        if len(set(self.questions.values())) < len(self.questions):
            raise ValueError("an item stands in one column: another wording is another item")
        return self


def check_reviews(study: Study, table: ReviewTable | None, absent: tuple[str, ...]) -> None:
    """Refuses reviews of a channel, form or question that the study lacks, or without an answer
    that their channel asks.

    Raises:
        ScopeError: one is unknown, or missing and not said to be.

    """
    if table is None:
        return
    channel = study.channel(table.channel)
    for product in table.forms.values():
        study.directorate(product)
    for item in table.questions.values():
        study.item(item)
    check_asked(channel.items, set(table.questions.values()), absent, channel.id)
