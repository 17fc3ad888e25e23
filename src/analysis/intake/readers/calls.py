"""Call centres: counts by interval of 15 or 30 minutes and queue (CSV, semicolons).

Short abandons are counted apart where the tool does: an answer rate without them is another
definition, and another series. Times are local, without offset: the hour that comes twice in
autumn is two intervals. Durations are not read: they are written beyond 24 hours. Not seen in a
real file: refuses the columns that it does not name.
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import ByColumn, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

FORMAT = FlowFormat(
    dialect=Dialect(encoding="cp1252", delimiter=";"),
    time=("interval_start", "Interval", "Intervalle", "Début"),
    shapes=("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    place=("queue", "Queue", "File", "File d’attente"),
    counting=ByColumn(
        {
            "offered": ("offered", "Offered", "Présentés", "Appels présentés"),
            "answered": ("answered", "Answered", "Décrochés", "Appels décrochés"),
            "abandoned": ("abandoned", "Abandoned", "Abandonnés", "Appels abandonnés"),
            "abandoned_soon": ("abandoned_<10s", "Abandoned < 10 s", "Abandonnés < 10 s"),
            "answered_in_time": ("answered_within_SL", "Answered within SL", "Décrochés à temps"),
            "contained": ("SVI_contained", "IVR contained", "Traités par le serveur vocal"),
            "transfers": ("transfers", "Transfers", "Transferts"),
        }
    ),
    ignored=("ASA", "AHT", "ACW", "Attente moyenne", "Durée moyenne", "Post-appel"),
)


def read_calls(source: Source, study: Study) -> FlowFile:
    """Reads an export of intervals; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(name="calls", described_by="flow", read=read_calls, produces=FLOWS)
