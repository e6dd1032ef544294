"""Long work as a child process that writes events to a file; start, follow, cancel, re-attach."""
