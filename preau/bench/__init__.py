"""Measures of this machine, beside a floor below which nobody can go."""
