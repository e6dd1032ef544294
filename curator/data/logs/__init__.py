"""Session logs of agents: one event a line, or one session an element, as conversations."""
