"""The base model, its adapter, exact attention over packed rows, and the loss of answers."""

__all__ = ["adapters", "attention", "fingerprint", "fused", "load", "loss", "precision", "quiet"]
