"""The one registry of layers: what each table of processed data is, and what there is one per.

Nothing else lists layers: plan, staleness, intake, workbench and publication read this. It loads
no table library, so that deciding what is to be done costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.errors import ParameterError
from analysis.study.scope import AXES, Axis

if TYPE_CHECKING:
    import dataframely as dy

Origin = Literal["deliveries", "notebooks"]
Sensitivity = Literal["personal", "confidential"]


@dataclass(frozen=True)
class Layer:
    """A kind of table.

    Attributes:
        name: Its folder, and its name in `plan.yml`.
        schema_name: Its class in `storage.schemas`.
        axes: What there is a table per; the study always.
        origin: Who writes it: the reading of deliveries, or a notebook.
        sensitivity: `personal` where rows are people, `confidential` where they are small counts.

    """

    name: str
    schema_name: str
    axes: tuple[Axis, ...]
    origin: Origin
    sensitivity: Sensitivity

    @property
    def schema(self) -> type[dy.Schema]:
        """Its schema."""
        from analysis.storage import schemas

        found: type[dy.Schema] = getattr(schemas, self.schema_name)
        return found


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("responses", "Responses", AXES, "deliveries", "personal"),
        Layer("verbatims", "Verbatims", AXES, "deliveries", "personal"),
        Layer("refused", "Refused", (), "deliveries", "personal"),
        Layer("refusals", "Refusals", AXES, "deliveries", "confidential"),
        Layer("receipts", "Receipts", AXES, "deliveries", "confidential"),
        Layer("item_receipts", "ItemReceipts", AXES, "deliveries", "confidential"),
        Layer("collection", "Collection", AXES, "notebooks", "confidential"),
        Layer("estimates", "Estimates", AXES, "notebooks", "confidential"),
        Layer("cube", "Cubes", AXES, "notebooks", "personal"),
    )
}


def layer(name: str) -> Layer:
    """The layer of a name.

    Raises:
        ParameterError: there is none; the nearest names are proposed.

    """
    if name not in LAYERS:
        raise ParameterError.unknown("layer", name, LAYERS)
    return LAYERS[name]


def layers_from(origin: Origin) -> tuple[Layer, ...]:
    """The layers that something writes, in their order."""
    return tuple(one for one in LAYERS.values() if one.origin == origin)
