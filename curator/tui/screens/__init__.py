"""The screens, one a file; what can be done on each is registered in `curator.tui.actions`."""
