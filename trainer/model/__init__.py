"""The base model, its adapter, exact attention over packed rows, and the loss of answers."""
