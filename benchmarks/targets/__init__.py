"""Every rule of every target broken once, and its nearest valid neighbour. Nothing of curator makes these lines."""
