"""How often a sentence of an edition is false: studies whose truth is recorded, each published as
far as its sentences, and each sentence scored by its rule.
"""
