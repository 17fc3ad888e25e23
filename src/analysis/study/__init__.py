"""What was asked, once, typed; and where things lie.

Models are loaded when they are first asked for: deciding that nothing changed needs paths only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from analysis.study.cache import open_study
    from analysis.study.commitments import Action, Commitment
    from analysis.study.definitions import Definition, Indicator
    from analysis.study.field import Break, Directorate, Site, Wave
    from analysis.study.kinds import Claim, MissingKind, QualityFlag
    from analysis.study.loading import load_study, read_model, write_schemas
    from analysis.study.management import ManagementIndicator
    from analysis.study.questionnaire import Item, Scale
    from analysis.study.references import Reference
    from analysis.study.settings import Channel, Thresholds
    from analysis.study.study import Study
    from analysis.study.types import Model
else:

    def __getattr__(name: str) -> Any:
        """A name of one of the modules."""
        if name not in __all__:
            raise AttributeError(name)
        for module in (
            "kinds",
            "types",
            "settings",
            "questionnaire",
            "field",
            "definitions",
            "commitments",
            "management",
            "references",
            "study",
            "cache",
            "loading",
        ):
            loaded = import_module(f"analysis.study.{module}")
            if hasattr(loaded, name):
                return getattr(loaded, name)
        raise AttributeError(name)


__all__ = [
    "Action",
    "Break",
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
    "QualityFlag",
    "Reference",
    "Scale",
    "Site",
    "Study",
    "Thresholds",
    "Wave",
    "Workspace",
    "load_study",
    "open_study",
    "read_model",
    "write_schemas",
]
