"""Matomo: the visits of a site by month, as the report « VisitsSummary » is exported (CSV, UTF-16
little-endian with a byte-order mark, tabs), with headers as codes or in the tool's language.

Unique visitors are of one month and one site: they add up over nothing, and are no count here. A
new site number, a banner of consent or a measure exempt from it break the series: declare them
(`breaks` of the device). Not seen in a real file: written from the tool's documentation, and
refuses the columns that it does not name.
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import ByColumn, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

FORMAT = FlowFormat(
    dialect=Dialect(encoding="utf-16-le", delimiter="\t"),
    time=("date", "Date", "Mois", "label"),
    place=("idsite", "idSite", "Site"),
    counting=ByColumn(
        {
            "visits": ("nb_visits", "Visits", "Visites"),
            "actions": ("nb_actions", "Actions"),
            "bounces": ("bounce_count", "Bounces", "Rebonds"),
            "searches": ("nb_searches", "Searches", "Recherches"),
            "searches_without_result": (
                "nb_searches_no_result",
                "Searches without result",
                "Recherches sans résultat",
            ),
        }
    ),
    ignored=(
        *("nb_uniq_visitors", "Unique visitors", "Visiteurs uniques", "nb_users", "Users"),
        *("Utilisateurs", "max_actions", "Maximum actions in one visit"),
        *("Actions maximales en une visite", "sum_visit_length", "nb_visits_converted"),
        *("Total time spent by visitors (in seconds)", "Temps total passé (en secondes)"),
        *("bounce_rate", "Bounce Rate", "Taux de rebond", "nb_actions_per_visit"),
        *("Actions per Visit", "Actions par visite", "avg_time_on_site"),
        *("Avg. Visit Duration (in seconds)", "Durée moyenne des visites (en secondes)"),
    ),
)


def read_matomo(source: Source, study: Study) -> FlowFile:
    """Reads an export of monthly visits; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(name="matomo", described_by="flow", read=read_matomo, produces=FLOWS)
