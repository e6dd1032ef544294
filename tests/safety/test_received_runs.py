"""A run's folder that somebody sent: its settings neither run code, nor send anything, nor read elsewhere."""

import json

import pytest

from tests.safety.traps import ROOT, Mark
from trainer.contract.errors import SettingsError, TrainerError
from trainer.contract.settings import RunSettings
from trainer.plan.plan import make_plan
from trainer.plan.unasked import PASSED_ON, refuse_unasked

MODEL = ROOT / "sample_data" / "tiny-llama"


def settings(**sections):
    return RunSettings.model_validate({"model": {"name": "m", **sections.pop("model", {})}, **sections})


HOSTILE = [
    {"model": {"trust_remote_code": True}},
    {"model": {"chat_template": "/etc/passwd"}},
    {"model": {"chat_template": "../secret"}},
    {"evaluation": {"answer_schema": "/etc/passwd"}},
    *(
        {"transformers": {name: value}}
        for name, value in {
            "report_to": "wandb",
            "push_to_hub": True,
            "hub_token": "t",
            "hub_model_id": "somebody/model",
            "trackio_space_id": "somebody/space",
            "deepspeed": "/tmp/deepspeed.json",
            "fsdp_config": "/tmp/fsdp.json",
            "accelerator_config": "/tmp/accelerator.json",
            "resume_from_checkpoint": "/tmp/checkpoint",
            "torch_compile": True,
            "torch_compile_backend": "somebody",
            "logging_dir": "/tmp/elsewhere",
        }.items()
    ),
    {"transformers": {"report_to": ["tensorboard", "mlflow"]}},
    {"transformers": {"report_to": "all"}},
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=json.dumps)
def test_what_could_run_send_or_read_elsewhere_is_refused_by_name(tmp_path, hostile):
    (section, values), *_ = hostile.items()
    with pytest.raises(SettingsError, match=rf"\[{section}\] {next(iter(values))}"):
        refuse_unasked(settings(**json.loads(json.dumps(hostile))), tmp_path, trust_remote_code=False)


def test_a_link_in_the_folder_leads_nowhere_else(tmp_path):
    (tmp_path / "template.jinja").symlink_to("/etc/passwd")
    with pytest.raises(SettingsError, match="outside the run's folder"):
        refuse_unasked(settings(model={"chat_template": "template.jinja"}), tmp_path, trust_remote_code=False)


def test_what_changes_numbers_alone_is_passed_on(tmp_path):
    harmless = settings(transformers={"adam_beta2": 0.95, "report_to": "tensorboard", "optim": "adamw_torch"})
    refuse_unasked(harmless, tmp_path, trust_remote_code=False)
    refuse_unasked(settings(model={"trust_remote_code": True}), tmp_path, trust_remote_code=True)


def test_every_argument_that_is_passed_on_exists():
    from dataclasses import fields

    from transformers import TrainingArguments

    assert {field.name for field in fields(TrainingArguments)} >= PASSED_ON


def received(folder, model, **more):
    folder.mkdir(exist_ok=True)
    for name, first in (("train", 0), ("validation", 50)):
        lines = [
            {"messages": [{"role": "user", "content": f"Say {n}."}, {"role": "assistant", "content": f"It is {n}."}]}
            for n in range(first, first + 5)
        ]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
    (folder / "run.toml").write_text(f"[model]\nname = {json.dumps(str(model))}\n{extra}")
    return folder


@pytest.mark.parametrize("named", ["configuration", "tokenizer"])
def test_a_model_with_code_of_its_own_is_loaded_without_it_or_not_at_all(tmp_path, named):
    import shutil

    mark = Mark(tmp_path / "mark")
    model = shutil.copytree(MODEL, tmp_path / "model")
    (model / "evil.py").write_text(mark.code("model"))
    file = model / ("config.json" if named == "configuration" else "tokenizer_config.json")
    config = json.loads(file.read_text())
    if named == "configuration":
        config |= {"model_type": "theirs", "auto_map": {"AutoConfig": "evil.Config"}}
    else:
        config |= {"tokenizer_class": "Theirs", "auto_map": {"AutoTokenizer": [None, "evil.Tokenizer"]}}
    file.write_text(json.dumps(config))
    with pytest.raises(TrainerError, match="--trust-remote-code") as refused:
        make_plan(received(tmp_path / "run", model))
    assert refused.value.exit_code == 2
    assert mark.sprung == []
