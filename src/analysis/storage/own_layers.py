"""The layers of a workspace: those of the registry, and its analysts' own."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from analysis.errors import ParameterError
from analysis.storage.layers import LAYERS, Layer
from analysis.study.loading import read_model
from analysis.study.scope import AXES, ScopeAxis
from analysis.study.types import Model, Text
from analysis.study.workspace import Workspace

OWN_LAYERS = "layers.yml"
"""The file that declares them, beside `plan.yml`."""

LayerName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class OwnLayer(Model):
    """A layer that a notebook of the workspace writes: a table of `Figures`, so that the gate and
    pages know it as they know any other.
    """

    name: LayerName
    about: Text
    axes: tuple[ScopeAxis, ...] = AXES


class OwnLayersFile(Model):
    """`notebooks/layers.yml`: the layers that analysts have added."""

    layers: tuple[OwnLayer, ...]


def known_layers(workspace: Workspace) -> dict[str, Layer]:
    """Every layer of a workspace, by name: those of the registry, then its own.

    Raises:
        ParameterError: the file that declares them is faulty, or a name is taken.

    """
    path = workspace.notebooks / OWN_LAYERS
    if not path.exists():
        return dict(LAYERS)
    layers = dict(LAYERS)
    for own_layer in read_model(path, OwnLayersFile).layers:
        if own_layer.name in layers:
            raise ParameterError(
                f"The name {own_layer.name!r} is that of another layer.",
                where=f"{path}, layers.{own_layer.name}",
                hint="give it a name of its own.",
            )
        layers[own_layer.name] = Layer(
            name=own_layer.name,
            address="storage.figures:Figures",
            axes=own_layer.axes,
            origin="notebooks",
            sensitivity="confidential",
        )
    return layers
