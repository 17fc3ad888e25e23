"""What was asked, once, typed; and where things lie."""

from analysis.study.loading import load_study, read_model, write_schemas
from analysis.study.model import (
    Channel,
    Claim,
    Commitment,
    Definition,
    Directorate,
    Indicator,
    Item,
    ManagementIndicator,
    MissingKind,
    Model,
    Scale,
    Site,
    Study,
    Thresholds,
    Wave,
)
from analysis.study.workspace import Workspace

__all__ = [
    "Channel",
    "Claim",
    "Commitment",
    "Definition",
    "Directorate",
    "Indicator",
    "Item",
    "ManagementIndicator",
    "MissingKind",
    "Model",
    "Scale",
    "Site",
    "Study",
    "Thresholds",
    "Wave",
    "Workspace",
    "load_study",
    "read_model",
    "write_schemas",
]
