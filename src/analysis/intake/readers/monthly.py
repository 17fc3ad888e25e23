"""Any counts by month (CSV): sales, subscriptions, downloads. A column of months, one of products
where there are several, and a column per count, which the manifest names (`series`).
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import ByColumn, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

FORMAT = FlowFormat(
    dialect=Dialect(encoding="utf-8", delimiter=";"),
    time=("month", "Mois"),
    place=("product", "Produit"),
    counting=ByColumn(),
)


def read_monthly(source: Source, study: Study) -> FlowFile:
    """Reads a table of monthly counts; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(name="monthly", described_by="flow", read=read_monthly, produces=FLOWS)
