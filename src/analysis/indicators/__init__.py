"""The questions the observatory answers, one module each; the methods come from
`analysis.inference`.

A module holds the schema of the layer it makes, the function that makes it, and the one that turns
it into figures.
"""

from analysis.indicators.audiences import Audiences, declared_audiences
from analysis.indicators.changes import Changes, change_word, changes
from analysis.indicators.collection import Answers, Margins, answers_by_channel, margin_shares
from analysis.indicators.commitments import Commitments, commitments
from analysis.indicators.convergence import Convergence, convergence
from analysis.indicators.decompositions import Decompositions, decompositions
from analysis.indicators.definitions import series
from analysis.indicators.exposure import Exposure, exposure
from analysis.indicators.fieldwork import Fieldwork, fieldwork
from analysis.indicators.gaps import Gaps, gaps
from analysis.indicators.item_response import ItemResponse, item_response
from analysis.indicators.listening import ListeningMap, listening_map
from analysis.indicators.management import Management, management
from analysis.indicators.movements import Movements, movements
from analysis.indicators.observations import Observations, Themes, observations, themes
from analysis.indicators.participation import Participation, participation
from analysis.indicators.profiles import UserProfiles, user_profiles
from analysis.indicators.published import PublishedBreaks, published_breaks
from analysis.indicators.quality import QualityFlags, quality_flags
from analysis.indicators.representativity import Representativity, sample_representativity
from analysis.indicators.satisfaction import Estimates, sample_cubes, satisfaction, stored_cube
from analysis.indicators.segments import UserSegments, user_segments
from analysis.indicators.sites import Sites, site_funnel
from analysis.indicators.solicitations import Collisions, Poolings, collisions, poolings
from analysis.indicators.standings import Standings, standings
from analysis.indicators.weighting import (
    WeightedSample,
    Weighting,
    Weights,
    restore_sample,
    sample_name,
    weigh,
    weigh_all,
    weighting_table,
    weights_table,
)

__all__ = [
    "Answers",
    "Audiences",
    "Changes",
    "Collisions",
    "Commitments",
    "Convergence",
    "Decompositions",
    "Estimates",
    "Exposure",
    "Fieldwork",
    "Gaps",
    "ItemResponse",
    "ListeningMap",
    "Management",
    "Margins",
    "Movements",
    "Observations",
    "Participation",
    "Poolings",
    "PublishedBreaks",
    "QualityFlags",
    "Representativity",
    "Sites",
    "Standings",
    "Themes",
    "UserProfiles",
    "UserSegments",
    "WeightedSample",
    "Weighting",
    "Weights",
    "answers_by_channel",
    "change_word",
    "changes",
    "collisions",
    "commitments",
    "convergence",
    "declared_audiences",
    "decompositions",
    "exposure",
    "fieldwork",
    "gaps",
    "item_response",
    "listening_map",
    "management",
    "margin_shares",
    "movements",
    "observations",
    "participation",
    "poolings",
    "published_breaks",
    "quality_flags",
    "restore_sample",
    "sample_cubes",
    "sample_name",
    "sample_representativity",
    "satisfaction",
    "series",
    "site_funnel",
    "standings",
    "stored_cube",
    "themes",
    "user_profiles",
    "user_segments",
    "weigh",
    "weigh_all",
    "weighting_table",
    "weights_table",
]
