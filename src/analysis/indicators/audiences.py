"""Whom the products of a body are for, as declared, and which are for the same."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.storage import as_figures, make_table
from analysis.study import Study


class Audiences(dy.Schema):
    """One row per declared audience, and how many products are for it; one per product, and how
    many others have an audience in common with it.

    Attributes:
        directorate: The product; empty in the row of an audience.
        audience: Empty in the row of a product.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    audience = dy.String(primary_key=True)
    label = dy.String()
    products = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: counts of products. What is declared is no secret, and nobody is counted."""
        is_audience = pl.col("audience") != ""
        return as_figures(
            table.select(
                *("wave", "simulated"),
                directorate=pl.col("directorate").replace("", None),
                indicator=pl.lit("audiences"),
                definition=pl.when(is_audience).then(pl.lit("reached")).otherwise(pl.lit("shared")),
                kind=pl.lit("count"),
                unit=pl.lit("count"),
                breakdown=pl.when(is_audience).then(pl.lit("audience")).otherwise(pl.lit("total")),
                category=pl.when(is_audience).then("audience").otherwise(pl.lit("total")),
                category_label="label",
                claim=pl.lit(""),
                value=pl.col("products").cast(pl.Float64),
            ),
            layer="audiences",
        )


def declared_audiences(study: Study, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Audiences` of a study; none where it declares no use of its products."""
    if study.listening is None:
        return Audiences.create_empty()
    has = {product: set(use.audiences) for product, use in study.listening.products.items()}
    counts = [
        ("", one.id, one.label, sum(one.id in audiences for audiences in has.values()))
        for one in study.listening.audiences
    ]
    for product, audiences in has.items():
        shared = sum(bool(audiences & other) for name, other in has.items() if name != product)
        counts.append((product, "", "", shared))
    return make_table(
        [
            {
                "directorate": product,
                "wave": wave,
                "audience": audience,
                "label": label,
                "products": count,
                "simulated": simulated,
            }
            for product, audience, label, count in counts
        ],
        Audiences,
    )
