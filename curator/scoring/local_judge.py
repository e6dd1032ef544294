"""A judge on this machine: a language model through transformers, asked for the probabilities of the levels."""

import math
from pathlib import Path
from typing import Any

from curator.errors import MissingDependency, UsageError, require
from curator.scoring.replies import Reply, mean_level
from curator.scoring.rubric import Rubric

PREFIX = "local:"
_BEGUN = '{"score": '
"""The beginning of the reply, so that the next token is the level."""


class LocalJudge:
    """Reads the probability of every level at the place where it is due; nothing is generated.

    Args:
        name: the model's folder, or its name where it is on this machine already.
        rubric: whose levels are asked for.

    Raises:
        MissingDependency: transformers, torch or the model is not on this machine.
        UsageError: the model cannot be loaded without running code that comes with it, or has no causal form.
    """

    def __init__(self, name: str, rubric: Rubric) -> None:
        for package in ("torch", "transformers"):
            require(package, "A judge on this machine")
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        given = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(name, **given)
            self._model: Any = AutoModelForCausalLM.from_pretrained(name, dtype="auto", **given).eval()
        except OSError:
            where = "is not a model's folder" if Path(name).exists() else "is not on this machine"
            raise MissingDependency(f"The judge's model '{name}' {where}. Name the folder of a model.") from None
        except ValueError as problem:
            raise UsageError(f"The judge's model '{name}' cannot be loaded: {problem}") from None
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(self._device)
        self._rubric = rubric
        self._name = name

    def __call__(self, messages: list[dict[str, str]]) -> Reply:
        """Ask once; a text that is longer than the model's context is not scored."""
        import torch

        levels = sorted(self._rubric.levels)
        begun = self._begun(messages)
        ids = [self._tokenizer(f"{begun}{level}", add_special_tokens=False)["input_ids"] for level in levels]
        shared = next(at for at, column in enumerate(zip(*ids, strict=False)) if len(set(column)) > 1)
        most = getattr(self._model.config, "max_position_embeddings", None)
        if most is not None and shared > most:
            return Reply("refusal", reason=f"It is {shared:,} tokens long, and the model takes {most:,}.")
        with torch.inference_mode():
            logits = self._model(torch.tensor([ids[0][:shared]], device=self._device)).logits[0, -1].double()
        logs = torch.log_softmax(logits, dim=-1)
        probabilities = {str(level): math.exp(float(logs[one[shared]])) for level, one in zip(levels, ids, strict=True)}
        mass = sum(probabilities.values())
        expected = mean_level({level: share / mass for level, share in probabilities.items()}, self._rubric)
        said = max(levels, key=lambda level: probabilities[str(level)])
        return Reply("score", said, expected, f"The levels have {mass:.0%} of the probability.", self._name)

    def _begun(self, messages: list[dict[str, str]]) -> str:
        """The request as text, up to where the level is due."""
        if getattr(self._tokenizer, "chat_template", None):
            text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        else:
            text = "\n\n".join(message["content"] for message in messages) + "\n\n"
        return f"{text}{_BEGUN}"
