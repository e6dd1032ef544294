"""A tiny random Llama, and runs that several tests look at: each trains once per session."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

quieten_libraries()
yield_idle_threads()
stay_offline()


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Operations of this size are fastest on one thread, above all while other tests run beside them."""
    import torch

    torch.set_num_threads(1)


SYSTEM = "You answer in short sentences."
THINGS = (
    "kettle",
    "lamp",
    "clock",
    "ladder",
    "blanket",
    "teapot",
    "mirror",
    "candle",
    "bucket",
    "basket",
    "heater",
    "shelf",
)
PLACES = ("kitchen", "cellar", "garden", "attic", "hall", "shed", "office", "library", "workshop", "station")


def conversation(number: int, turns: int = 1) -> dict[str, Any]:
    """A small conversation about a thing in a place; no two numbers below 120 share all of its words."""
    thing, place = THINGS[number % len(THINGS)], PLACES[number % len(PLACES)]
    messages = [{"role": "system", "content": SYSTEM}]
    for turn in range(turns):
        ask = f"Where did you put the {thing} number {number + turn}? " + "Please look again. " * (number % 4)
        reply = f"The {thing} is in the {place}, on shelf {number + turn}. " + "It was there on Monday. " * (number % 3)
        messages += [{"role": "user", "content": ask}, {"role": "assistant", "content": reply.strip()}]
    return {"messages": messages}


def write_jsonl(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama with grouped-query attention and a ChatML template without a generation block."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-random-llama")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    texts = [m["content"] for number in range(120) for m in conversation(number, 2)["messages"]]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(vocab_size=500, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    wrapped.chat_template = (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
        "{% for call in message['tool_calls'] or [] %}<tool>{{ call['function'] | tojson }}</tool>{% endfor %}"
        "<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    wrapped.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=512,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_tokenizer(tiny_model: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model)


@pytest.fixture(scope="session")
def make_run(tiny_model: Path) -> Callable[..., Path]:
    """Write a run folder: `make_run(folder, examples=60, training={"steps": 8})`."""

    def make(folder: Path, examples: int = 60, held_out: int = 12, **sections: dict[str, Any]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        write_jsonl(folder / "train.jsonl", [conversation(number, 1 + number % 2) for number in range(examples)])
        write_jsonl(folder / "validation.jsonl", [conversation(200 + number) for number in range(held_out)])
        tables = {"model": {"name": str(tiny_model), **sections.pop("model", {})}, **sections}
        lines = []
        for name, values in tables.items():
            lines.append(f"[{name}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        (folder / "run.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def finished(make_run: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished QLoRA run: 4-bit base, bfloat16, dropout, a last epoch that is not full, four evaluations."""
    from trainer.train.recipe import run

    folder = make_run(
        tmp_path_factory.mktemp("finished"),
        model={"precision": "bfloat16"},
        lora={"rank": 4, "dropout": 0.1},
        training={"steps": 16, "batch_size": 7, "evaluations": 4, "untuned_losses": True},
        stopping={"patience": 50},
        evaluation={"answers": 3, "max_new_tokens": 8, "sample_answers": 1},
    )
    run(folder)
    return folder


@pytest.fixture(scope="session")
def events() -> Callable[[Path], list[dict[str, Any]]]:
    def read(folder: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]

    return read
