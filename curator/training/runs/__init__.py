"""Training runs as folders: what went in, what came out, and what changed in the data from one to the next."""
