"""Studies whose truth is known: users with opinions, channels that sample them, files as real tools
write them.
"""

from analysis.simulation.flows import true_flows
from analysis.simulation.measures import true_measures
from analysis.simulation.plan import SimulationPlan, load_simulation_plan
from analysis.simulation.raw_file import RawFile
from analysis.simulation.respondents import Simulation, simulate_respondents
from analysis.simulation.segments import true_segments
from analysis.simulation.truth import margins, true_counts
from analysis.simulation.writers import write_wave

__all__ = [
    "RawFile",
    "Simulation",
    "SimulationPlan",
    "load_simulation_plan",
    "margins",
    "simulate_respondents",
    "true_counts",
    "true_flows",
    "true_measures",
    "true_segments",
    "write_wave",
]
