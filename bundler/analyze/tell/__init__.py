"""Tells users about a graph: findings, why a module is there, what a run uses beyond it."""
