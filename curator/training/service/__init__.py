"""Training at a service: upload, create the job, follow it into the same events as a local run."""
