"""The number format of the computation."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any


def computing(device: Any, dtype: Any) -> AbstractContextManager[Any]:
    """Autocast to bfloat16 where the base computes in it: fp32 adapters then multiply at full speed.

    Not left to `TrainingArguments(bf16=True)`, which would also copy every logit to fp32.
    """
    import torch

    if dtype != torch.bfloat16:
        return nullcontext()
    context: AbstractContextManager[Any] = torch.autocast(torch.device(device).type, dtype=dtype)
    return context
