"""One module per family of checks. A check is pure: a frame of examples in, a frame of findings out."""
