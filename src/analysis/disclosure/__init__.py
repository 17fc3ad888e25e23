"""What may leave, to whom."""

from analysis.disclosure.policy import Audience, Status, status_of_base
from analysis.disclosure.suppression import release
from analysis.disclosure.views import INTERNAL_MARK, InternalView

__all__ = [
    "INTERNAL_MARK",
    "Audience",
    "InternalView",
    "Status",
    "release",
    "status_of_base",
]
