"""How notebooks run: which, for whom, whether anything changed, and where.

Rooms are imported by name: what decides that there is nothing to do must not load what runs
notebooks.
"""
