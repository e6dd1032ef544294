"""Configuration files beside the data, for the engines that are started with them."""

import json
from collections.abc import Callable
from typing import Any

from curator.exporting.engines.axolotl_config import axolotl_config
from curator.exporting.engines.llama_factory_config import dataset_info, llama_factory_config
from curator.exporting.engines.run_settings import EngineRun, complete
from curator.targets.target import Target

AXOLOTL, LLAMA_FACTORY, DATASET_INFO = "axolotl.yaml", "llamafactory.yaml", "dataset_info.json"
SKYPILOT, ANYSCALE_JOB = "sky.yaml", "job.yaml"
COMPANIONS = (AXOLOTL, LLAMA_FACTORY, DATASET_INFO, SKYPILOT, ANYSCALE_JOB)
_AXOLOTL_PACKAGE, _LLAMA_FACTORY_PACKAGE = "axolotl==0.19.0", "llamafactory==0.9.5"
"""The versions whose configuration was read."""

_ACCELERATORS = {"L4": 1, "A10G": 1, "L40S": 1, "A100": 1, "H100": 1}
"""One GPU with 24 GB or more: enough for QLoRA on 14B (LLaMA-Factory README). SkyPilot takes the cheapest."""


def companion_files(target: Target, manifest: dict[str, Any], settings: dict[str, Any] | None) -> dict[str, str]:
    """Text by file name; empty for targets that need none.

    Args:
        target: the target.
        manifest: what `manifest.json` holds.
        settings: of the run, as in `run.toml`; None: the trainer's defaults for this many examples.
    """
    makers: dict[str, Callable[[EngineRun, str, dict[str, str]], dict[str, str]]] = {
        "axolotl": _for_axolotl,
        "llama-factory": _for_llama_factory,
        "anyscale": _for_anyscale,
    }
    maker = makers.get(target.name)
    if maker is None:
        return {}
    files = {split: target.files[split] for split in manifest["examples"]}
    run = complete(settings, manifest["examples"]["train"], manifest["model"])
    return maker(run, manifest["form"] or "chat", files)


def _for_axolotl(run: EngineRun, form: str, files: dict[str, str]) -> dict[str, str]:
    return {
        AXOLOTL: _yaml(axolotl_config(run, form, files)),
        SKYPILOT: _yaml(_sky_task("axolotl", _AXOLOTL_PACKAGE, f"axolotl train {AXOLOTL}")),
    }


def _for_llama_factory(run: EngineRun, form: str, files: dict[str, str]) -> dict[str, str]:
    return {
        DATASET_INFO: _json(dataset_info(form, files)),
        LLAMA_FACTORY: _yaml(llama_factory_config(run, form, files)),
        SKYPILOT: _yaml(_sky_task("llama-factory", _LLAMA_FACTORY_PACKAGE, f"llamafactory-cli train {LLAMA_FACTORY}")),
    }


def _for_anyscale(run: EngineRun, form: str, files: dict[str, str]) -> dict[str, str]:
    job = {
        "name": "fine-tune",
        "working_dir": ".",
        "requirements": [_LLAMA_FACTORY_PACKAGE],
        "entrypoint": f"USE_RAY=1 llamafactory-cli train {LLAMA_FACTORY}",
        "max_retries": 0,
    }
    return {
        DATASET_INFO: _json(dataset_info(form, files, is_openai=True)),
        LLAMA_FACTORY: _yaml(llama_factory_config(run, form, files, on_ray=True)),
        AXOLOTL: _yaml(axolotl_config(run, form, files, on_ray=True)),
        ANYSCALE_JOB: _yaml(job),
    }


def _sky_task(name: str, package: str, command: str) -> dict[str, Any]:
    """A SkyPilot task that is started in this folder: `sky launch sky.yaml`."""
    return {
        "name": f"fine-tune-{name}",
        "workdir": ".",
        "resources": {"accelerators": _ACCELERATORS, "disk_size": 256, "use_spot": False},
        "setup": f"pip install '{package}'\n",
        "run": f"{command}\n",
    }


def _yaml(value: dict[str, Any]) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
    return text


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
