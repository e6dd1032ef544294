"""The base model, its adapter, exact attention over packed rows, and the loss of answers."""

__all__ = [
    "adapters",
    "attention",
    "continued",
    "fingerprint",
    "fused",
    "load",
    "loss",
    "precision",
    "quiet",
    "small_copy",
    "soundness",
    "targets",
]
