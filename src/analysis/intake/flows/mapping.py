"""What a manifest says of a file of counts: whose they are, and which of them are followed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from analysis.errors import ScopeError
from analysis.study import Model, Study
from analysis.study.labels import unaccented
from analysis.study.listening import Period
from analysis.study.types import Identifier, Text


class FlowTable(Model):
    """A file of counts of one device. Texts are compared without capitals, accents and kinds of
    spaces.

    Attributes:
        device: The device that counts.
        product: The product that all its rows are about; or
        products: Text of the format's column of places (a site's number, a queue, a title) →
            product. Two texts may stand for one product: a site that changed its number.
        other_products: Texts of places that are not followed: their rows are left aside.
        series: What the format counts, by the name of its documentation (or the text of a column or
            category, where the format has no names of its own) → series of the device.
        covers: The days that the file holds, where its rows are finer than months. A month that
            lies in them in part only is left out.
        within_days: In how many days an answer is in time, where the format tells when one came.

    """

    device: Identifier
    product: Identifier | None = None
    products: dict[Text, Identifier] = Field(default_factory=dict)
    other_products: tuple[Text, ...] = ()
    series: Annotated[dict[Text, Identifier], Field(min_length=1)]
    covers: Period | None = None
    within_days: Annotated[int, Field(ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _check_one_place(self) -> FlowTable:
        if (self.product is None) != bool(self.products):
            raise ValueError("give either one `product`, or the `products` of the file's places")
        texts = [unaccented(text) for text in (*self.products, *self.other_products)]
        if len(set(texts)) < len(texts):
            raise ValueError("a place stands twice among `products` and `other_products`")
        if len(set(self.series.values())) < len(self.series):
            raise ValueError("a series comes from one column or category of a file")
        return self


def check_flow(study: Study, table: FlowTable | None) -> None:
    """Refuses a file whose device, series or products are not those of the study.

    Raises:
        ScopeError: one is unknown, or the device is no flow of the product: it would be merged with
            what it cannot be compared with.

    """
    if table is None:
        return
    if study.listening is None:
        raise ScopeError(
            "The study declares no device that counts.", hint="describe it in listening.yml."
        )
    device = study.listening.device(table.device)
    if device.regime != "flow":
        raise ScopeError(
            f"Device {table.device!r} brings no counts: its regime is {device.regime!r}.",
            hint="answers, observations and counts are never merged: name the device that counts.",
        )
    for name in table.series.values():
        device.one_series(name)
    for product in filter(None, (table.product, *table.products.values())):
        if product not in device.products:
            raise ScopeError.unknown(f"product of {device.id}", product, device.products)
