"""Train here or at a service, compare, judge, and bring failures back."""

__all__ = [
    "ablation",
    "as_model",
    "base_models",
    "coverage",
    "evaluation",
    "hand_off",
    "judge.asking",
    "objective",
    "prepare",
    "runs.find",
    "runs.listed",
    "runs.preferences",
    "runs.run_toml",
    "runs.snapshot",
    "runs.watched",
    "service.launching",
    "template_refusals",
]
