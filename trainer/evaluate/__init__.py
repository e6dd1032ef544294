"""What the model scores and says on held-out examples, tuned and untuned."""
