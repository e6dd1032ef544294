"""Do the targets' own programs take what we export?

    python -m benchmarks.targets.peers

It asks those that are installed and names the others: together 3.1.1 (`together files check`), mistral-common 1.13.1
(its fine-tuning validator), datasets 5.2 (loads the folder and gives every tool call back), axolotl 0.19 (its
configuration schema, and its reader against our trainer's tokens), LLaMA-Factory 0.9.5 (its arguments, dataset_info
reader and converters) and SkyPilot 0.14.1 (its schema of a task). They want versions of
torch and transformers other than ours: install them apart, without their dependencies, on the PYTHONPATH.
"""

import dataclasses
import importlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from curator.data.batches import read_example
from curator.data.dialects.dialect import dialect_named
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.data.tokens import tokenise

SAMPLES = Path(__file__).parents[2] / "sample_data"
DESK, TINY = SAMPLES / "support_desk.jsonl", SAMPLES / "tiny-llama"


def examples() -> Iterator[ExportExample]:
    """The support desk, one example in ten for validation."""
    chat = dialect_named("chat")
    for number, line in enumerate(DESK.read_bytes().splitlines(), 1):
        read = read_example(line, chat)
        assert not isinstance(read, list)
        yield ExportExample(f"{number:016x}", read[1], {}, "train" if number % 10 else "validation", DESK.name, number)


def export(target: str, folder: Path) -> Path:
    return write_export(examples(), target, folder / target, model="a-model").folder


def ask_together(folder: Path) -> str:
    check = importlib.import_module("together.lib.utils.files").check_file
    reports = [check(folder / name) for name in ("train.jsonl", "validation.jsonl")]
    return f"{sum(report['is_check_passed'] for report in reports)} of {len(reports)} files pass"


def ask_mistral(folder: Path) -> str:
    """Messages as mistral-finetune builds them, then mistral-common's own validator."""
    validator = importlib.import_module("mistral_common.protocol.instruct.validator")
    messages = importlib.import_module("mistral_common.protocol.instruct.messages")
    kinds = {
        "system": messages.SystemMessage,
        "user": messages.UserMessage,
        "assistant": importlib.import_module("mistral_common.protocol.instruct.messages").FinetuningAssistantMessage,
        "tool": messages.ToolMessage,
    }
    judge = validator.MistralRequestValidatorV3(mode=validator.ValidationMode.finetuning)
    lines = (folder / "train.jsonl").read_text().splitlines()
    for line in lines:
        judge.validate_messages([kinds[given["role"]](**given) for given in json.loads(line)["messages"]])
    return f"{len(lines)} of {len(lines)} examples pass"


def ask_datasets(folder: Path) -> str:
    loaded = importlib.import_module("datasets").load_dataset(str(folder), cache_dir=str(folder / "cache"))
    calls = same = 0
    for row, line in zip(loaded["train"], (folder / "train.jsonl").open(), strict=True):
        for given, read in zip(json.loads(line)["messages"], row["messages"], strict=True):
            for ours, theirs in zip(given.get("tool_calls") or (), read.get("tool_calls") or (), strict=True):
                calls += 1
                same += ours["function"]["arguments"] == theirs["function"]["arguments"]
    return f"{same} of {calls} tool calls come back unchanged"


def ask_axolotl(folder: Path) -> str:
    schema = importlib.import_module("axolotl.utils.schemas.config").AxolotlInputConfig
    config = yaml.safe_load((folder / "axolotl.yaml").read_text())
    unknown = sorted(set(config) - set(schema.model_fields))
    schema(**config)
    return f"configuration valid, {len(unknown)} unknown keys"


def ask_axolotl_reader(folder: Path) -> str:
    """Render and mask every example as axolotl does, with the bundled tokenizer, and compare with our trainer."""
    strategies = importlib.import_module("axolotl.prompt_strategies")
    settings = importlib.import_module("axolotl.utils.dict").DictDefault
    tokenizer = importlib.import_module("transformers").AutoTokenizer.from_pretrained(TINY)
    config = yaml.safe_load((folder / "axolotl.yaml").read_text())
    reader = strategies.load("chat_template", tokenizer, settings(config), config["datasets"][0])
    data = folder / "train.jsonl"
    ours = tokenise(read_conversations(data), chat_template(tokenizer, None))
    same = count = 0
    for line, example in zip(data.read_text().splitlines(), ours, strict=True):
        theirs = reader.tokenize_prompt(json.loads(line))
        trained = [label != -100 for label in theirs["labels"]]
        count += 1
        same += theirs["input_ids"] == example.ids.tolist() and trained == (example.weights > 0).tolist()
    return f"{same} of {count} examples have the tokens, and the trained ones, that they have here"


def ask_llama_factory_arguments(folder: Path) -> str:
    """All of its argument classes, with their own checks, as a run on a machine without a GPU."""
    os.environ["DISABLE_VERSION_CHECK"] = "1"
    parse = importlib.import_module("llamafactory.hparams.parser")._parse_train_args
    config = yaml.safe_load((folder / "llamafactory.yaml").read_text())
    here = {"bf16": False, "use_cpu": True, "dataset_dir": str(folder), "output_dir": str(folder / "out")}
    _, _, training, tuning, _ = parse(config | here)
    batch = training.per_device_train_batch_size * training.gradient_accumulation_steps
    rate, epochs = training.learning_rate, training.num_train_epochs
    return f"arguments valid: {epochs:g} epochs, batches of {batch}, rate {rate:g}, rank {tuning.lora_rank}"


def ask_llama_factory(folder: Path) -> str:
    os.environ["DISABLE_VERSION_CHECK"] = "1"
    kinds = importlib.import_module("llamafactory.hparams.parser")._TRAIN_ARGS
    known = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    unknown = sorted(set(yaml.safe_load((folder / "llamafactory.yaml").read_text())) - known)
    parser = importlib.import_module("llamafactory.data.parser")
    converter = importlib.import_module("llamafactory.data.converter")
    taken = count = 0
    for split in ("train", "validation"):
        described = parser.get_dataset_list([split], str(folder))[0]
        convert = converter.get_dataset_converter(described.formatting, described, _NoMedia())
        for line in (folder / described.dataset_name).open():
            count += 1
            taken += bool(convert(json.loads(line))["_response"])
    return f"{len(unknown)} unknown keys, {taken} of {count} examples taken"


def ask_sky(folder: Path) -> str:
    """SkyPilot's own schema of a task."""
    schema = importlib.import_module("sky.utils.schemas").get_task_schema()
    importlib.import_module("jsonschema").validate(yaml.safe_load((folder / "sky.yaml").read_text()), schema)
    return "task valid"


class _NoMedia:
    media_dir = None


QUESTIONS: tuple[tuple[str, str, Callable[[Path], str]], ...] = (
    ("together files check", "together", ask_together),
    ("mistral-common validator", "mistral", ask_mistral),
    ("datasets", "huggingface", ask_datasets),
    ("axolotl schema", "axolotl", ask_axolotl),
    ("axolotl schema", "anyscale", ask_axolotl),
    ("axolotl reader", "axolotl", ask_axolotl_reader),
    ("axolotl reader", "anyscale", ask_axolotl_reader),
    ("LLaMA-Factory arguments", "llama-factory", ask_llama_factory_arguments),
    ("LLaMA-Factory arguments", "anyscale", ask_llama_factory_arguments),
    ("SkyPilot schema", "axolotl", ask_sky),
    ("SkyPilot schema", "llama-factory", ask_sky),
    ("LLaMA-Factory", "llama-factory", ask_llama_factory),
    ("LLaMA-Factory", "anyscale", ask_llama_factory),
)


def main() -> None:
    print("| program | our export | says |")
    print("| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        exported: dict[str, Any] = {}
        for program, target, ask in QUESTIONS:
            folder = exported.setdefault(target, None) or export(target, Path(name))
            exported[target] = folder
            try:
                says = ask(folder)
            except ModuleNotFoundError as missing:
                says = f"not asked: {missing.name} is not installed"
            print(f"| {program} | {target} | {says} |")


if __name__ == "__main__":
    main()
