"""Make `sample_data/tiny-llama`: a real Llama of under two million parameters that has read a little English.

    python -m sample_data.make_tiny_llama

Seeded from end to end: the same versions and thread count give the same model. About ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path
from typing import Any

from sample_data.tiny_text import texts

FOLDER = Path(__file__).with_name("tiny-llama")
SEED = 20261124
VOCABULARY = 4096
CONTEXT = 1024
ROW = 256
BATCH = 16
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = """\
{%- if tools %}{{ '<|im_start|>tools\\n' }}{{ tools | map(attribute='function.name') | join(' ') }}{{ '<|im_end|>\\n' }}{% endif %}
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message['role'] == 'assistant' %}
{%- generation %}
{{- message['content'] or '' }}
{%- for call in message['tool_calls'] or [] %}
{{- '<tool_call>' + ({'name': call['function']['name'], 'arguments': call['function']['arguments']} | tojson) + '</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>' }}
{%- endgeneration %}
{%- else %}
{{- message['content'] + '<|im_end|>' }}
{%- endif %}
{{- '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""
MODEL_CARD = """\
---
license: mit
---

# tiny-llama

A Llama of 1.8 million parameters with a byte-level BPE tokenizer of 4,096 tokens and a ChatML template, pretrained from
scratch by `sample_data/make_tiny_llama.py` on text made by `sample_data/tiny_text.py`. It speaks a little everyday English
and knows nothing. It exists so that the demonstration and the tests can train for real on any machine. MIT licence.
"""


def make_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    plain = texts(SEED, lambda messages: "\n".join(str(m["content"]) + json.dumps(m.get("tool_calls", "")) for m in messages))
    tokenizer.train_from_iterator(itertools.islice(plain, 20_000), trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", model_max_length=CONTEXT
    )
    wrapped.chat_template = TEMPLATE
    return wrapped


def make_model() -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=0,
    )
    return LlamaForCausalLM(config)


def batches(tokenizer: Any) -> Any:
    """Endless [BATCH, ROW + 1] token tensors: documents end to end, each followed by the end-of-text token."""
    import torch

    def render(messages: Any) -> str:
        return str(tokenizer.apply_chat_template(messages, tokenize=False))

    waiting: list[int] = []
    documents = texts(SEED + 1, render)
    while True:
        while len(waiting) < BATCH * (ROW + 1):
            some = list(itertools.islice(documents, 64))
            for ids in tokenizer(some, add_special_tokens=False)["input_ids"]:
                waiting += [*ids, 0]
        used, waiting = waiting[: BATCH * (ROW + 1)], waiting[BATCH * (ROW + 1) :]
        yield torch.tensor(used).view(BATCH, ROW + 1)


def pretrain(model: Any, tokenizer: Any, steps: int) -> None:
    import torch

    optimiser = torch.optim.AdamW(model.parameters(), lr=1.0, betas=(0.9, 0.95), weight_decay=0.05)
    warm = 50
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: 3e-3 * min((step + 1) / warm, max(0.02, 1 - (step - warm) / (steps - warm)))
    )
    began = time.monotonic()
    model.train()
    for step, rows in enumerate(itertools.islice(batches(tokenizer), steps)):
        loss = model(input_ids=rows[:, :-1], labels=None, use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(loss.flatten(0, 1), rows[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step} of {steps}: loss {loss.item():.3f}, {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    torch.set_num_threads(2)
    tokenizer, model = make_tokenizer(), make_model()
    pretrain(model, tokenizer, options.steps)
    tokenizer.save_pretrained(options.out)
    model.to(torch.bfloat16).save_pretrained(options.out)
    (options.out / "README.md").write_text(MODEL_CARD, encoding="utf-8")
    print(f"Wrote {options.out}: {sum(parameter.numel() for parameter in model.parameters()):,} parameters.")


if __name__ == "__main__":
    main()
