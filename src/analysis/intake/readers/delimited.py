"""The generic reader: any delimited file, by the mapping of its manifest."""

from __future__ import annotations

from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import DelimitedFile, RawTable, Source
from analysis.intake.readers.base import ANSWERS, Reader
from analysis.study import Study


def read_delimited(source: Source, _study: Study) -> RawTable:
    """Reads a file by the mapping of its manifest.

    Raises:
        IntakeError: a column of the mapping is absent from the file.

    """
    mapping = source.mapping
    assert mapping is not None
    file = DelimitedFile.open(source, Dialect(), mapping.columns)
    file.require(*mapping.columns)
    return RawTable(file.batches(mapping.columns), mapping, source.absent)


READER = Reader(name="delimited", described_by="mapping", read=read_delimited, produces=ANSWERS)
