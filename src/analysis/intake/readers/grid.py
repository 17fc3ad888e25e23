"""A workbook of user tests, workshops or interviews: one sheet per session (see `intake.grids`)."""

from __future__ import annotations

from analysis.intake.grids import read_grid
from analysis.intake.readers.base import Reader

READER = Reader(name="grid", described_by="grid", read=read_grid, produces=("grids",))
