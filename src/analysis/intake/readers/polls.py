"""Polls on social media (CSV): how many votes each option had, by poll. Followers vote, and who
they are is not known: votes are a flow, and no share of them is of anybody. The manifest names the
options that stand for one thing (`series`). Not seen in a real file.
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import ByCategory, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

FORMAT = FlowFormat(
    dialect=Dialect(encoding="utf-8", delimiter=","),
    time=("date", "Date"),
    shapes=("%Y-%m-%d", "%d/%m/%Y"),
    place=("account", "Compte"),
    identity={"poll": ("poll", "Sondage"), "option": ("option", "Réponse")},
    counting=ByCategory(category=("option", "Réponse"), count=("votes", "Votes")),
    ignored=("question", "Question", "network", "Réseau"),
)


def read_polls(source: Source, study: Study) -> FlowFile:
    """Reads an export of polls; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(name="polls", described_by="flow", read=read_polls, produces=FLOWS)
