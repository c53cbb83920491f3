"""Lineage tracking: artifacts, actions, contexts, trial components, and the walks between them."""
