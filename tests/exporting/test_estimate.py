import json

import pytest
import yaml

from curator.data.content import Content
from curator.errors import UsageError
from curator.exporting.engines.run_settings import complete
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample
from curator.targets.limits import context_limit, figures
from curator.targets.prices import estimate, openai_epochs, prices
from curator.targets.registry import TARGETS


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(1, 25), (3, 25), (10, 10), (33, 3), (34, 3), (1000, 3), (8333, 3), (8334, 2), (20_000, 1), (1_000_000, 1)],
)
def test_epochs_follow_the_cookbook(examples, epochs):
    assert openai_epochs(examples) == epochs


def test_a_price_is_an_estimate_with_its_source_and_unknown_where_none_is_known():
    known = estimate(1_000_000, 1000, "openai", model="gpt-4.1-mini-2025-04-14")
    assert (known.epochs, known.billed_tokens, known.price) == (3, 3_000_000, 15.0)
    assert known.label == "estimate"
    assert "recollected" in known.price_source
    assert estimate(1_000_000, 1000, "together", model="meta-llama/Llama-3.1-8B").price is None
    assert estimate(1_000_000, 1000, "openai", model="gpt-9").price is None
    assert estimate(1_000_000, 1000, "together").epochs == 1
    assert estimate(3_000_000, 1000, "openai", epochs=1, tokens_per_second=1000).seconds == 3000


def test_a_user_puts_an_own_price_beside_the_table():
    own = {
        "together": {"llama": {"value": 0.48, "source": "my contract", "read": "2026-11-01"}},
        "openai": {"gpt-4.1": 9},
    }
    assert estimate(1_000_000, 1000, "together", model="llama", own_prices=own).price == 0.48
    assert estimate(1_000_000, 1000, "openai", model="gpt-4.1", own_prices=own).price == 27.0
    with pytest.raises(UsageError, match=r"prices\.openai\.gpt-4\.1 is not a number"):
        prices("openai", {"openai": {"gpt-4.1": "cheap"}})


def test_every_figure_has_a_source_and_a_date():
    sections = [target.name for target in TARGETS] + ["context", "epochs", "prices.openai"]
    for section in sections:
        for name, figure in figures(section).items():
            assert figure.source, (section, name)
            assert figure.read, (section, name)
    assert context_limit("gpt-4.1-nano-2025-04-14").value == 32_768
    assert context_limit("a-model-of-mine") is None


@pytest.mark.parametrize("examples", [5, 60, 400, 1_000, 2_500, 12_000, 60_000])
def test_the_settings_for_other_engines_mean_what_the_trainer_would_do(examples):
    from trainer.contract.settings import RunSettings
    from trainer.plan.defaults import Facts, resolve

    facts = Facts(examples, 700, 8_000_000_000, 4096, 8192, on_cuda=True)
    given = {"model": {"name": "a-model"}, "training": {"max_length": 700}}
    tables = resolve(RunSettings.model_validate(given), facts).tables()
    ours = complete(given, examples)
    training, lora = tables["training"], tables["lora"]
    assert (ours.rank, ours.variant, ours.alpha, ours.dropout) == (
        lora["rank"],
        lora["variant"],
        lora["alpha"],
        lora["dropout"],
    )
    assert (ours.epochs, ours.batch_size) == (training["epochs"], training["batch_size"])
    assert ours.learning_rate == training["learning_rate"]
    assert ours.evaluations == training["evaluations"]
    assert ours.warmup_steps == min(training["steps"] - 1, round(training["steps"] * training["warmup"]))
    assert (ours.schedule, ours.patience, ours.seed) == (
        training["schedule"],
        tables["stopping"]["patience"],
        training["seed"],
    )
    resolved = complete(tables, examples)
    assert (resolved.steps, resolved.batch_size, resolved.rank) == (training["steps"], ours.batch_size, ours.rank)


SETTINGS = {
    "model": {"name": "org/model", "revision": "v1", "quantisation": "nf4"},
    "lora": {"rank": 8, "alpha": 16, "dropout": 0.05, "targets": ["q_proj", "v_proj"], "variant": "dora"},
    "training": {
        "epochs": 2,
        "learning_rate": 1e-4,
        "batch_size": 8,
        "max_length": 512,
        "overlength": "drop",
        "seed": 7,
    },
    "stopping": {"patience": 3},
}


def examples():
    for number in range(40):
        content = Content([{"role": "user", "content": f"q{number}"}, {"role": "assistant", "content": "a"}])
        yield ExportExample(str(number), content, {}, "validation" if number % 5 == 0 else "train", "a.jsonl", number)


def test_axolotl_gets_a_configuration_that_says_what_the_run_says(tmp_path):
    write_export(examples(), "axolotl", tmp_path / "out", settings=SETTINGS)
    config = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text())
    wanted = {
        "base_model": "org/model",
        "revision_of_model": "v1",
        "load_in_4bit": True,
        "adapter": "qlora",
        "lora_r": 8,
        "lora_alpha": 16,
        "lora_dropout": 0.05,
        "lora_target_modules": ["q_proj", "v_proj"],
        "peft_use_dora": True,
        "num_epochs": 2,
        "learning_rate": 1e-4,
        "sequence_len": 512,
        "excess_length_strategy": "drop",
        "seed": 7,
        "early_stopping_patience": 3,
    }
    assert wanted.items() <= config.items()
    assert config["micro_batch_size"] * config["gradient_accumulation_steps"] == 8
    assert config["datasets"][0]["message_field_training"] == "weight"
    assert (tmp_path / "out" / config["datasets"][0]["path"]).is_file()
    assert (tmp_path / "out" / config["test_datasets"][0]["path"]).is_file()
    task = yaml.safe_load((tmp_path / "out" / "sky.yaml").read_text())
    assert "axolotl train axolotl.yaml" in task["run"]


@pytest.mark.parametrize("target", ["llama-factory", "anyscale"])
def test_llama_factory_gets_its_two_files(target, tmp_path):
    write_export(examples(), target, tmp_path / "out", settings=SETTINGS)
    config = yaml.safe_load((tmp_path / "out" / "llamafactory.yaml").read_text())
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    wanted = {
        "model_name_or_path": "org/model",
        "stage": "sft",
        "finetuning_type": "lora",
        "lora_rank": 8,
        "lora_alpha": 16,
        "lora_target": "q_proj,v_proj",
        "use_dora": True,
        "quantization_bit": 4,
        "cutoff_len": 512,
        "num_train_epochs": 2.0,
        "early_stopping_steps": 3,
    }
    assert wanted.items() <= config.items()
    for key in ("dataset", "eval_dataset"):
        entry = info[config[key]]
        assert (tmp_path / "out" / entry["file_name"]).is_file()
        columns = json.loads((tmp_path / "out" / entry["file_name"]).read_text().splitlines()[0])
        assert entry["columns"]["messages"] in columns
