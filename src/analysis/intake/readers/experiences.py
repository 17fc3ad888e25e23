"""Services Publics+: the experiences that users tell, as their open data give them (CSV,
semicolons): how many are positive, neutral or negative, by the month in which they were written.

Published ones only, after moderation: a flow with a door. Headers changed their spelling from one
version to the next: capitals and accents make no difference. What people wrote, their pseudonym and
postcode are never read. The columns are those that public code names; not seen in a real file.
"""

from __future__ import annotations

from analysis.intake.flows.counting import FlowFile, read_flow
from analysis.intake.flows.formats import ByCategory, FlowFormat
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import Source
from analysis.intake.readers.base import FLOWS, Reader
from analysis.study import Study

NUMBERED = (
    *("Intitulé Typologie", "Canaux Typologie", "Réponse structure", "Statut réponse structure"),
    *("Taux de similarité réponse IA structure", "Evaluation utile réponse structure"),
)
"""Headings that stand once for each structure that answers."""

FORMAT = FlowFormat(
    dialect=Dialect(encoding="utf-8", delimiter=";"),
    time=("Écrit le",),
    shapes=("%d/%m/%Y",),
    place=("Intitulé structure 1",),
    identity={"number": ("ID expérience",)},
    counting=ByCategory(category=("Ressenti usager",)),
    ignored=(
        *("Etat expérience", "Date de publication", "Posté comme"),
        *("Démarches saisies par usager", "Accessibilité", "Information/Explication", "Relation"),
        *("Réactivité", "Simplicité/Complexité", "Intitulé structure 2", "Intitulé structure 3"),
        *("Amélioration de service à considérer", "Expériences Similaires", "Date action engagée"),
        *(f"{heading} {number}" for heading in NUMBERED for number in (1, 2, 3)),
    ),
    personal=(
        *("Titre", "Description", "Pseudonyme usager", "Code postal usager"),
        *("Intitulé département usager", "Intitulé région usager"),
    ),
)


def read_experiences(source: Source, study: Study) -> FlowFile:
    """Reads an export of experiences; see `read_flow`."""
    return read_flow(source, study, FORMAT)


READER = Reader(
    name="experiences",
    described_by="flow",
    read=read_experiences,
    produces=FLOWS,
    personal=FORMAT.personal,
)
