"""The tables of a part of a study: read by the names of their layers, and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from analysis.errors import NotReadyError, ScopeError
from analysis.storage import (
    Layer,
    Provenance,
    known_layers,
    read_provenance,
    read_table,
    write_table,
)
from analysis.study import Directorate, Study, Wave, Workspace
from analysis.study.scope import Scope


@dataclass(frozen=True)
class StoredScope:
    """A directorate and a wave of a study, each of which may be open, and its tables.

    Attributes:
        workspace: Where its tables lie.
        study: What was asked, as far as a result of this scope depends on it: see
            `Study.for_scope`.
        scope: Which part of it.

    """

    workspace: Workspace
    study: Study
    scope: Scope
    _made_from: list[Provenance] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    @property
    def directorate(self) -> Directorate:
        """Its directorate.

        Raises:
            ScopeError: it is open.

        """
        return self.study.directorate(self._required_axis("directorate"))

    @property
    def wave(self) -> Wave:
        """Its wave.

        Raises:
            ScopeError: it is open.

        """
        return self.study.wave(self._required_axis("wave"))

    @property
    def simulated(self) -> bool:
        """Whether any of its answers comes from a simulated delivery."""
        return self._recorded_provenance.simulated

    @cached_property
    def _recorded_provenance(self) -> Provenance:
        """Where its responses came from, as tables carry it."""
        return self._provenance("responses")

    # --- tables -----------------------------------------------------------------------------------

    def read(self, name: str) -> pl.DataFrame:
        """The table of a layer in this scope; where an axis of the layer is open here, the tables
        of all that the scope stands over, one after the other.

        Raises:
            ScopeError: there is no such layer.
            NotReadyError: the table is not there yet.

        """
        return pl.concat([self._table(name, scope) for scope in self._scopes(name)])

    def _read_where_made(self, name: str) -> pl.DataFrame | None:
        """The table of a layer in this scope; None where the study has what makes none."""
        path = self.workspace.table(self.study.id, name, self.scope.along(self._layer(name).axes))
        return self._table(name, self.scope) if path.exists() else None

    def history(self, name: str) -> pl.DataFrame:
        """The tables of a layer of every wave that has run, up to this one, one after the other.

        Raises:
            NotReadyError: none is there yet.

        """
        return pl.concat([self._table(name, scope) for scope in self._history(name)])

    def _history_where_made(self, name: str) -> pl.DataFrame:
        """The tables of a layer's `history`; an empty one where nothing of it was delivered."""
        try:
            return self.history(name)
        except NotReadyError:
            empty: pl.DataFrame = self._layer(name).schema.create_empty()
            return empty

    def _simulated_in(self, name: str) -> bool:
        """Whether any table of a layer's `history` comes from a simulated delivery."""
        paths = [self.workspace.table(self.study.id, name, scope) for scope in self._history(name)]
        return any(read_provenance(path).simulated for path in paths)

    def save(self, name: str, frame: pl.DataFrame) -> None:
        """Writes the table of a layer that `plan.yml` says this notebook makes; it comes from all
        the tables that were read in this scope, and from its responses.
        """
        layer = self._layer(name)
        path = self.workspace.table(self.study.id, name, self.scope.along(layer.axes))
        write_table(
            frame, path, layer.schema, self._together([self._recorded_provenance, *self._made_from])
        )

    def _layer(self, name: str) -> Layer:
        """A layer of the workspace.

        Raises:
            ScopeError: there is none of that name.

        """
        layers = known_layers(self.workspace)
        if name not in layers:
            raise ScopeError.unknown("layer", name, layers)
        return layers[name]

    def _paths(self, name: str) -> list[Path]:
        """The files of a layer that this scope stands over."""
        return [self.workspace.table(self.study.id, name, scope) for scope in self._scopes(name)]

    def _table(self, name: str, scope: Scope) -> pl.DataFrame:
        path = self.workspace.table(self.study.id, name, scope)
        table = read_table(path, self._layer(name).schema, hint=self._hint)
        self._made_from.append(read_provenance(path))
        return table

    def _history(self, name: str) -> list[Scope]:
        """The scopes of the tables of a layer that are there, of every wave up to this one."""
        scopes = [
            scope
            for directorate in self.study.directorates
            for wave in self.study.waves_until(self.wave.id)
            if Scope(directorate=self.scope.directorate).covers(
                scope := Scope(directorate.id, wave.id)
            )
        ]
        return self._scopes_with_table(name, self._answered(scopes))

    def _answered(self, scopes: list[Scope]) -> list[Scope]:
        """The scopes that somebody answered in: a table outlives the answers of a delivery that is
        gone.
        """
        return self._scopes_with_table("responses", scopes)

    def _scopes(self, name: str) -> list[Scope]:
        """The scopes of a layer's tables that this scope stands over."""
        axes = self._layer(name).axes
        if all(axis in self.scope.parameters for axis in axes):
            return [self.scope.along(axes)]
        scopes = [
            scope
            for directorate in self.study.directorates
            for wave in self.study.waves
            if self.scope.covers(scope := Scope(directorate.id, wave.id))
        ]
        return self._scopes_with_table(
            name, list(dict.fromkeys(scope.along(axes) for scope in self._answered(scopes)))
        )

    def _scopes_with_table(self, name: str, scopes: list[Scope]) -> list[Scope]:
        """The scopes in which a layer has a table.

        Raises:
            NotReadyError: there is none.

        """
        present = [
            scope for scope in scopes if self.workspace.table(self.study.id, name, scope).exists()
        ]
        if not present:
            raise NotReadyError(
                f"There is no {name} table yet.", where=self.scope.title, hint=self._hint
            )
        return present

    def _provenance(self, name: str) -> Provenance:
        """Where the tables of a layer in this scope came from, together."""
        return self._together([read_provenance(path) for path in self._paths(name)])

    def _together(self, parts: list[Provenance]) -> Provenance:
        """Where what is made from some tables comes from."""
        return Provenance(
            study=self.study.id,
            study_digest=self.study.digest,
            inputs={file: digest for part in parts for file, digest in part.inputs.items()},
            simulated=any(part.simulated for part in parts),
        )

    @property
    def _keys(self) -> dict[str, str]:
        return {"directorate": self.directorate.id, "wave": self.wave.id}

    @property
    def _hint(self) -> str:
        return f"`observatoire run {self.study.id}` makes it."

    def _required_axis(self, axis: str) -> str:
        value = self.scope.parameters.get(axis)
        if value is None:
            raise ScopeError(
                f"This scope is open to every {axis}: what was asked is about one.",
                where=self.scope.title or self.study.id,
                hint=f"open it with one: open_scope({self.study.id!r}, {axis}=…).",
            )
        return value
