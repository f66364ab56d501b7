"""Measurements, one command each: `python -m benchmarks.NAME` from the project's folder. Results are kept in `docs/`."""
