"""The one registry of layers: what each table of processed data is, and what there is one per.

Nothing else lists layers (an analyst's own are declared in the workspace, see `own_layers`): plan,
staleness, intake, workbench and publication read this. It loads no table library, so that deciding
what is to be done costs nothing: a schema is named by its address, and stands beside what writes
its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from analysis.study.scope import AXES, ScopeAxis

if TYPE_CHECKING:
    import dataframely as dy
    import polars as pl

LayerOrigin = Literal["deliveries", "notebooks"]
Sensitivity = Literal["personal", "confidential"]
ToFigures = Callable[["pl.DataFrame"], "pl.DataFrame"]


@dataclass(frozen=True)
class Layer:
    """A kind of table.

    Attributes:
        name: Its folder, and its name in `plan.yml`.
        address: Module and class of its schema, below `analysis`.
        axes: What there is a table per; the study always.
        origin: Who writes it: the reading of deliveries, or a notebook.
        sensitivity: `personal` where rows are people, `confidential` where they are small counts.

    """

    name: str
    address: str
    axes: tuple[ScopeAxis, ...]
    origin: LayerOrigin
    sensitivity: Sensitivity

    @property
    def schema(self) -> type[dy.Schema]:
        """Its schema."""
        module, _, name = self.address.partition(":")
        schema: type[dy.Schema] = getattr(import_module(f"analysis.{module}"), name)
        return schema

    @property
    def figures(self) -> ToFigures | None:
        """What turns its table into `storage.Figures`: the schema's own function of that name, or
        None where nothing of it is published.
        """
        return getattr(self.schema, "figures", None)


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("responses", "storage.schemas:Responses", AXES, "deliveries", "personal"),
        Layer("verbatims", "storage.schemas:Verbatims", AXES, "deliveries", "personal"),
        Layer("refused", "storage.schemas:Refused", (), "deliveries", "personal"),
        Layer("refusals", "storage.schemas:Refusals", AXES, "deliveries", "confidential"),
        Layer("receipts", "storage.schemas:Receipts", AXES, "deliveries", "confidential"),
        Layer("item_receipts", "storage.schemas:ItemReceipts", AXES, "deliveries", "confidential"),
        Layer("dispositions", "storage.schemas:Dispositions", AXES, "deliveries", "confidential"),
        Layer("measures", "storage.schemas:Measures", AXES, "deliveries", "confidential"),
        Layer("flows", "storage.schemas:Flows", AXES, "deliveries", "confidential"),
        Layer("grids", "storage.schemas:Grids", AXES, "deliveries", "personal"),
        Layer("weights", "indicators.weighting:Weights", AXES, "notebooks", "personal"),
        Layer("weighting", "indicators.weighting:Weighting", AXES, "notebooks", "confidential"),
        Layer("cube", "storage.schemas:Cubes", AXES, "notebooks", "personal"),
        Layer("answers", "indicators.collection:Answers", AXES, "notebooks", "confidential"),
        Layer(
            "participation",
            "indicators.participation:Participation",
            AXES,
            "notebooks",
            "confidential",
        ),
        Layer(
            "representativity",
            "indicators.representativity:Representativity",
            AXES,
            "notebooks",
            "confidential",
        ),
        Layer(
            "item_response",
            "indicators.item_response:ItemResponse",
            AXES,
            "notebooks",
            "confidential",
        ),
        Layer("exposure", "indicators.exposure:Exposure", AXES, "notebooks", "confidential"),
        Layer("margins", "indicators.collection:Margins", AXES, "notebooks", "confidential"),
        Layer("fieldwork", "indicators.fieldwork:Fieldwork", AXES, "notebooks", "confidential"),
        Layer(
            "quality_flags",
            "indicators.quality:QualityFlags",
            ("wave",),
            "notebooks",
            "confidential",
        ),
        Layer("estimates", "indicators.satisfaction:Estimates", AXES, "notebooks", "confidential"),
        Layer("gaps", "indicators.gaps:Gaps", AXES, "notebooks", "confidential"),
        Layer("changes", "indicators.changes:Changes", AXES, "notebooks", "confidential"),
        Layer(
            "decompositions",
            "indicators.decompositions:Decompositions",
            AXES,
            "notebooks",
            "confidential",
        ),
        Layer(
            "standings", "indicators.standings:Standings", ("wave",), "notebooks", "confidential"
        ),
        Layer("sites", "indicators.sites:Sites", AXES, "notebooks", "confidential"),
        Layer("management", "indicators.management:Management", AXES, "notebooks", "confidential"),
        *(
            Layer(name, address, ("wave",), "notebooks", "confidential")
            for name, address in (
                ("listening", "indicators.listening:ListeningMap"),
                ("collisions", "indicators.solicitations:Collisions"),
                ("poolings", "indicators.solicitations:Poolings"),
                ("movements", "indicators.movements:Movements"),
                ("observations", "indicators.observations:Observations"),
                ("themes", "indicators.observations:Themes"),
                ("convergence", "indicators.convergence:Convergence"),
                ("profiles", "indicators.profiles:UserProfiles"),
                ("audiences", "indicators.audiences:Audiences"),
                ("segments", "indicators.segments:UserSegments"),
            )
        ),
        Layer(
            "commitments",
            "indicators.commitments:Commitments",
            AXES,
            "notebooks",
            "confidential",
        ),
    )
}


def layers_from(origin: LayerOrigin) -> tuple[Layer, ...]:
    """The layers that something writes, in their order."""
    return tuple(layer for layer in LAYERS.values() if layer.origin == origin)


def published_layers(layers: Iterable[Layer]) -> tuple[tuple[Layer, ToFigures], ...]:
    """The layers that are published, in their order, each with the function that turns its table
    into figures.
    """
    pairs = ((layer, layer.figures) for layer in layers)
    return tuple((layer, figures) for layer, figures in pairs if figures is not None)
