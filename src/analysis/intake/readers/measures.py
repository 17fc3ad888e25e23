"""Monthly figures of a finance directorate: tables wide by month, in a workbook (XLSX) or a CSV,
told apart by their content.

They are kept by hand: merged titles above the header, total rows within the table, signs for
missing figures, notes under it, hidden columns (read like others). The manifest says what their
texts stand for (`measures.mapping`).
"""

from __future__ import annotations

from analysis.intake.measures.figures import read_measured_file
from analysis.intake.readers.base import Reader

READER = Reader(
    name="measures",
    described_by="measures",
    read=read_measured_file,
    produces=("measures",),
)
