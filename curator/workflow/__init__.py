"""The verbs that the command line and the terminal app share, one a file."""
