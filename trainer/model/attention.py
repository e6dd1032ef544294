"""Attention over several examples packed in one row, none of which sees another.

On CUDA devices variable-length flash attention of torch itself; elsewhere one causal call per example. Neither builds a
square mask. Calls without `cu_seq_lens_q` (generation, padded rows) go to the ordinary SDPA of transformers.
"""

from __future__ import annotations

from functools import cache
from inspect import signature
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trainer.contract.errors import MissingError

if TYPE_CHECKING:
    import torch

NAME = "packed_examples"
LARGEST_FLASH_HEAD = 256
LEAK = 1e-5
"""Change of one example's logits when its neighbour changes, relative to the largest logit; exact attention gives 0."""
AGREEMENT = {"torch.float32": 1e-3, "torch.bfloat16": 5e-2, "torch.float16": 1e-2, "torch.float64": 1e-9}
"""Largest relative difference between an example packed and alone: rounding of the dtype over a few dozen layers."""


def register() -> None:
    """Make the attention known to transformers under `NAME`; again is harmless."""
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    AttentionInterface.register(NAME, packed_attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)


def packed_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention; query [1, heads, tokens, size] in and [1, tokens, heads, size] out, as transformers has it."""
    ends = options.get("cu_seq_lens_q")
    if ends is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(  # type: ignore[no-any-return]
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **options
        )
    if options.get("softcap") is not None or options.get("s_aux") is not None:
        raise MissingError(
            "This model's attention (softcap or sinks) cannot be packed. Set [training] packing = false."
        )
    window = options.get("sliding_window")
    import torch

    flash = query.is_cuda and query.dtype in (torch.bfloat16, torch.float16) and query.shape[-1] <= LARGEST_FLASH_HEAD
    if flash and dropout == 0.0 and "window_size" in _variable_length_options():
        return _variable_length(query, key, value, ends, options["max_length_q"], scaling, window), None
    return _one_by_one(query, key, value, ends.tolist(), scaling, dropout, window), None


@cache
def _variable_length_options() -> frozenset[str]:
    """What torch's variable-length attention can be told: nothing of use before 2.11, grouped heads from 2.12 on."""
    from torch.nn.attention.varlen import varlen_attn

    return frozenset(signature(varlen_attn).parameters)


def _variable_length(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    ends: torch.Tensor,
    longest: int,
    scaling: float | None,
    window: int | None,
) -> torch.Tensor:
    from torch.nn.attention.varlen import varlen_attn

    # Whoever attends to `window` tokens sees itself and window - 1 before it.
    reach = (-1, 0) if window is None or window >= longest else (window - 1, 0)
    flat = [part[0].transpose(0, 1).contiguous() for part in (query, key, value)]
    # Before 2.12 torch asks for no consent to fewer key heads than query heads; the kernel is the same.
    grouped = {"enable_gqa": True} if "enable_gqa" in _variable_length_options() else {}
    out = varlen_attn(*flat, ends, ends, longest, longest, scale=scaling, window_size=reach, **grouped)
    return out[None]


def _one_by_one(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    ends: list[int],
    scaling: float | None,
    dropout: float,
    window: int | None,
) -> torch.Tensor:
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    parts = []
    grouped = query.shape[1] != key.shape[1]
    for start, end in pairwise(ends):
        mask = None
        if window is not None and end - start > window:
            offsets = torch.arange(end - start, device=query.device)
            distance = offsets[:, None] - offsets[None, :]
            mask = (distance >= 0) & (distance < window)
        part = scaled_dot_product_attention(
            query[:, :, start:end],
            key[:, :, start:end],
            value[:, :, start:end],
            attn_mask=mask,
            dropout_p=dropout,
            is_causal=mask is None,
            scale=scaling,
            enable_gqa=grouped,
        )
        parts.append(part)
    return torch.cat(parts, dim=2).transpose(1, 2).contiguous()


def packing_problem(model: Any) -> str | None:
    """Why this model cannot be trained on packed rows, or None: two short examples packed must score as they do alone.

    The check runs the real model once, so it also holds for architectures that were never tried (position ids ignored,
    state carried across examples by convolutions or recurrence, attention that is not ours).
    """
    import torch

    from trainer.data.batches import micro_batch
    from trainer.data.tokens import TokenisedExamples, Tokens

    if getattr(model.config, "_attn_implementation", None) != NAME:
        return "its attention cannot be replaced"
    device = next(model.parameters()).device
    rng = torch.Generator().manual_seed(0)
    vocabulary = model.get_input_embeddings().weight.shape[0]
    first, other, second = (
        torch.randint(0, vocabulary, (length,), generator=rng).numpy().astype("int32") for length in (7, 7, 11)
    )

    def logits(parts: list[Any]) -> torch.Tensor:
        examples = TokenisedExamples([Tokens("", part, (part >= 0).astype("float32"), True) for part in parts])
        batch = micro_batch(examples, range(len(parts)), packed=True).to(device)
        found: torch.Tensor = model(**batch.inputs, use_cache=False).logits[0].float()
        return found

    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            packed, changed, alone = logits([first, second])[7:], logits([other, second])[7:], logits([second])
    except (RuntimeError, ValueError, TypeError, IndexError) as problem:
        return f"it refuses packed rows ({problem})"
    finally:
        model.train(was_training)
    scale = alone.abs().max()
    if (packed - changed).abs().max() > LEAK * scale:
        return "an example's scores change with its neighbour in the row"
    if (packed - alone).abs().max() > AGREEMENT[str(next(model.parameters()).dtype)] * scale:
        return "an example scores differently packed and alone"
    return None
