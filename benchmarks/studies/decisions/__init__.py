"""What deciding, undoing and opening cost, up to a million decisions. `python -m benchmarks.studies.decisions`."""
