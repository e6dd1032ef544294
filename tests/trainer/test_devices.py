"""Several processes train what one process trains."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from trainer.train.recipe import run

ROOT = Path(__file__).parents[2]


def train_losses(events: list[dict[str, Any]], split: str) -> list[float]:
    return [event["loss"] for event in events if event["event"] == "metric" and event["split"] == split]


def test_two_processes_that_accelerate_launches_have_the_losses_of_one_on_the_same_batches(
    make_run: Callable[..., Path], tmp_path: Path, events: Callable[[Path], list[dict[str, Any]]]
) -> None:
    options: dict[str, Any] = {
        "model": {"quantisation": "none"},
        "training": {"steps": 5, "batch_size": 7, "evaluations": 1},
        "evaluation": {"answers": 0, "sample_answers": 0},
    }
    one, two = (make_run(tmp_path / name, examples=21, **options) for name in ("one", "two"))
    run(one)
    launch = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--num_processes", "2"]
    configuration = ["--config_file", str(ROOT / "trainer" / "launch" / "ddp.yaml"), "--main_process_port", "0"]
    done = subprocess.run(
        [*launch, *configuration, "-m", "trainer", "run", str(two)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for split in ("train", "validation"):
        assert train_losses(events(two), split) == pytest.approx(train_losses(events(one), split), rel=1e-5)


@pytest.mark.parametrize("name", ["ddp.yaml", "fsdp_qlora.yaml", "deepspeed.yaml"])
def test_the_launch_configurations_are_what_accelerate_reads(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(ROOT / "trainer" / "launch" / name))
    assert config.num_machines == 1 and config.mixed_precision == "no"


def test_the_deepspeed_configuration_keeps_4bit_weights_whole() -> None:
    config = yaml.safe_load((ROOT / "trainer" / "launch" / "deepspeed.yaml").read_text())["deepspeed_config"]
    assert config["zero_stage"] == 2 and config["gradient_accumulation_steps"] == 1
    assert config["offload_param_device"] == "none" and config["zero3_init_flag"] is False


def test_the_fsdp_configuration_is_what_4bit_sharding_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    from accelerate import FullyShardedDataParallelPlugin

    config = yaml.safe_load((ROOT / "trainer" / "launch" / "fsdp_qlora.yaml").read_text())
    for key, value in config["fsdp_config"].items():
        monkeypatch.setenv(key.upper(), str(value))
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    # The plugin asks for a device before it will be read; there may be none here.
    monkeypatch.setattr("accelerate.utils.dataclasses.is_cuda_available", lambda: True)
    monkeypatch.setattr("torch.cuda.current_device", lambda: 0)
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 1 and plugin.cpu_ram_efficient_loading and plugin.sync_module_states
    assert plugin.use_orig_params is False and plugin.cpu_offload.offload_params is False
