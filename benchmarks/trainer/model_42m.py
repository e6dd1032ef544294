"""The model and the data of the trainer's benchmarks: a random Llama of 42M parameters, real questions and answers."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] }}<|im_end|>{% endgeneration %}{% else %}{{ message['content'] }}<|im_end|>"
    "{% endif %}\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def examples(path: Path) -> list[dict[str, Any]]:
    """Alpaca (instruction, input, output) or GSM8K (question, answer), shuffled by a fixed seed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    pairs = []
    for line in lines:
        if "question" in line:
            pairs.append((line["question"], line["answer"]))
        elif line["output"].strip():
            pairs.append((line["instruction"] + ("\n" + line["input"] if line["input"] else ""), line["output"]))
    random.Random(0).shuffle(pairs)
    return [
        {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}
        for question, answer in pairs
    ]


def make_tokenizer(folder: Path, texts: list[str]) -> None:
    """Byte-level BPE of 32,000 tokens learnt from the texts, with a ChatML template that marks what is trained."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learner = trainers.BpeTrainer(
        vocab_size=32000, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, learner)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(folder)


def make_model(folder: Path, texts: list[str]) -> None:
    """Write the model with a tokenizer learnt from the texts."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    make_tokenizer(folder, texts)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32000,
        hidden_size=512,
        intermediate_size=1376,
        num_hidden_layers=8,
        num_attention_heads=8,
        num_key_value_heads=8,
        tie_word_embeddings=True,
        max_position_embeddings=2048,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def write_run(folder: Path, model: Path, lines: list[dict[str, Any]], settings: str) -> None:
    """A run folder without evaluations."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "run.toml").write_text(f'[model]\nname = "{model}"\n{settings}', encoding="utf-8")
