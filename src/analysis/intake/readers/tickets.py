"""Requests by e-mail or form, one row each (CSV): when it came, and when it was first answered.

What was not answered when the file was extracted is censored: a share answered in time is of
months whose requests all had that time (`within_days`). The mean delay of those that were answered
would leave out the slow ones, and is no series. Not seen in a real file: refuses the columns that
it does not name; subjects, texts and addresses are never read.
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import Answered, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

SHAPES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M")

FORMAT = FlowFormat(
    dialect=Dialect(encoding="utf-8", delimiter=","),
    time=("created_at", "Créé le"),
    shapes=SHAPES,
    place=("queue", "File"),
    identity={"number": ("id", "Numéro")},
    counting=Answered(reply=("first_reply_at", "Première réponse le"), shapes=SHAPES),
    ignored=("channel", "topic", "solved_at", "reopened", "status", "Canal", "Motif", "Statut"),
    personal=("subject", "body", "requester", "email", "Objet", "Message", "Demandeur"),
)


def read_tickets(source: Source, study: Study) -> FlowFile:
    """Reads an export of requests; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(
    name="tickets",
    described_by="flow",
    read=read_tickets,
    produces=FLOWS,
    personal=FORMAT.personal,
)
