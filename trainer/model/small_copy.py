"""A small model of the same architecture with random weights: what fails on the model fails on it in a second."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

VOCABULARY = 512
MOST_PARAMETERS = 60_000_000
"""Of a copy; one that keeps the model's sizes may be larger, and is then not made."""
FEWER = {
    "num_experts": 4,
    "num_local_experts": 4,
    "n_routed_experts": 4,
    "moe_num_experts": 4,
    "num_experts_per_tok": 2,
    "num_experts_per_token": 2,
    "moe_topk": 2,
    "moe_k": 2,
    "top_k_experts": 2,
    "n_group": 1,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "num_dense_layers": 1,
}
NARROWER = {
    "intermediate_size": 128,
    "moe_intermediate_size": 32,
    "expert_ffn_hidden_size": 32,
    "shared_expert_intermediate_size": 64,
    "block_ffn_hidden_size": 128,
    "ffn_hidden_size": 128,
    "ffn_dim": 128,
    "n_inner": 128,
    "d_ff": 128,
    "hidden_size_per_layer_input": 16,
}
SMALLER = {
    "hidden_size": 64,
    "word_embed_proj_dim": 64,
    "out_hidden_size": 64,
    "num_attention_heads": 4,
    "head_dim": 16,
    "global_head_dim": 16,
    "kv_channels": 16,
    "q_lora_rank": 32,
    "kv_lora_rank": 16,
    "qk_nope_head_dim": 16,
    "qk_rope_head_dim": 16,
    "v_head_dim": 16,
    "mamba_n_heads": 8,
    "mamba_num_heads": 8,
    "n_mamba_heads": 8,
    "num_heads": 8,
    "mamba_d_head": 16,
    "mamba_head_dim": 16,
    "mamba_headdim": 16,
    "n_groups": 2,
    "rotary_dim": 8,
}
SECTIONS = [2, 3, 3]
"""Of a rotary embedding with sections, at a head of 16; other models take no notice."""
LAYERS = ("num_hidden_layers", "depth", "n_layers", "n_layer", "num_layers")


def small_configs(config: Any) -> Iterator[Any]:
    """Configurations like `config`, the smallest first, the last one with all of its sizes but depth and vocabulary."""
    for level in ({**FEWER, **NARROWER, **SMALLER}, {**FEWER, **NARROWER}, FEWER, {}):
        rules = {**level, "num_kv_shared_layers": 0}
        small = copy.deepcopy(config)
        for part in _parts(small):
            _fewer_layers(part)
            _lower(part, rules)
        yield small


def _parts(config: Any) -> list[Any]:
    """A configuration and those in it."""
    from transformers import PretrainedConfig

    inner = [value for value in vars(config).values() if isinstance(value, PretrainedConfig)]
    return [config, *(part for one in inner for part in _parts(one))]


def _fewer_layers(config: Any) -> None:
    """Keep one layer of each kind, two at least and four at most."""
    name = next((name for name in LAYERS if isinstance(getattr(config, name, None), int)), None)
    if name is None:
        return
    count = getattr(config, name)
    lists = {key: value for key, value in vars(config).items() if _is_list_of(value, count)}
    first: dict[str, int] = {}
    for layer in range(count):
        first.setdefault(str([value[layer] for value in lists.values()]), layer)
    kept = sorted({*list(first.values())[:4], *range(min(2, count))})[:4]
    for key, value in lists.items():
        setattr(config, key, type(value)(value[layer] for layer in kept))
    setattr(config, name, len(kept))


def _is_list_of(value: Any, count: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == count > 1


def _lower(config: Any, rules: dict[str, int]) -> None:
    named = {own: name for name, own in getattr(config, "attribute_map", {}).items()}
    values = {key: (named.get(key, key), value) for key, value in vars(config).items() if not isinstance(value, bool)}
    for key, (name, value) in values.items():
        limit = VOCABULARY if "vocab_size" in key else rules.get(name)
        if name in ("pad_token_id", "bos_token_id", "eos_token_id") and value is not None:
            setattr(config, key, 0)
        elif isinstance(value, int) and limit is not None and value > limit:
            setattr(config, key, limit)
        elif isinstance(value, dict) and "rope_type" in value and "head_dim" in rules:
            setattr(config, key, {**value, "mrope_section": SECTIONS})
    known = dict(values.values())
    heads, key_heads = known.get("num_attention_heads"), known.get("num_key_value_heads")
    if "num_attention_heads" in rules and isinstance(heads, int) and isinstance(key_heads, int):
        config.num_key_value_heads = 4 if key_heads == heads else min(key_heads, 2)
    if "num_attention_heads" in rules and known.get("mamba_d_ssm"):
        config.mamba_d_ssm = config.mamba_n_heads * config.mamba_d_head


def small_model(config: Any, trust_remote_code: bool = False) -> Any:
    """Make a model of `config` with random weights that matter: attention and feed-forward layers count alike.

    Raises:
        MemoryError: it would be larger than a copy may be.
    """
    import torch

    from trainer.model.load import model_class, weightless_model

    counted = weightless_model(config, trust_remote_code)
    if sum(parameter.numel() for parameter in counted.parameters()) > MOST_PARAMETERS:
        raise MemoryError
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = model_class(config).from_config(config, trust_remote_code=trust_remote_code, dtype=torch.float32)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() >= 2:
                    torch.nn.init.normal_(parameter, std=parameter.shape[-1] ** -0.5)
    model.requires_grad_(False)
    model.config.use_cache = False
    return model
