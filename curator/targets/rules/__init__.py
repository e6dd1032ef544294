"""The rules that several targets share, each asked for as strictly as the target is."""
