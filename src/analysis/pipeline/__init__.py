"""How notebooks run: which, for whom, whether anything changed, and where."""

from analysis.pipeline.execution import Outcome, execute
from analysis.pipeline.ledger import is_current, sources_digest
from analysis.pipeline.plan import Job, Notebook, Plan, load_plan, plan_jobs

__all__ = ["Job", "Notebook", "Outcome", "Plan", "execute", "is_current", "load_plan", "plan_jobs", "sources_digest"]
