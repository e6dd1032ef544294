"""`curator info`."""

from typing import Any

import click

from curator.cli.options import json_option

_PACKAGES = ("polars", "pydantic", "datasketch", "tiktoken", "sentence-transformers", "torch", "transformers", "peft")


@click.command("info")
@json_option()
def command(as_json: bool) -> None:
    """Show versions, paths, and what this machine offers: cores, memory, GPUs, models."""
    from curator.cli.streams import print_json
    from curator.data.safe_text import visible

    found = _found()
    if as_json:
        print_json(found)
        return
    rows = {"curator": found["curator"], "python": f"{found['python']} ({found['executable']})"}
    rows |= {name: number or "not installed" for name, number in found["packages"].items()}
    rows |= {"cores": found["cores"], "memory": f"{found['memory_bytes'] / 2**30:.1f} GiB"}
    rows |= {"GPU": ", ".join(found["gpus"]) or "none", "models": ", ".join(found["models"]) or "none"}
    rows |= {"settings": found["settings"], "state": found["state"], "log of the app": found["log"]}
    rows |= {"network": "never used, unless a command is told to: --allow-download, --via"}
    for name, value in rows.items():
        click.echo(f"{name:<22} {visible(str(value), one_line=True)}")


def _found() -> dict[str, Any]:
    import platform
    import sys

    import platformdirs
    import psutil

    from curator import __version__
    from curator.audit.runners.local import cores
    from curator.project.app_log import log_file
    from curator.training.base_models import bundled_model, cached_models

    bundled = bundled_model()
    return {
        "curator": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "packages": {package: _version(package) for package in _PACKAGES},
        "cores": cores(),
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": _gpus(),
        "models": [*cached_models(), *([] if bundled is None else [str(bundled)])],
        "settings": str(platformdirs.user_config_path("curator") / "curator.toml"),
        "state": str(platformdirs.user_state_path("curator")),
        "log": str(log_file()),
    }


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gpus() -> list[str]:
    """Names of what torch can compute on besides the processor."""
    if _version("torch") is None:
        return []
    import torch

    names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return names + (["Apple MPS"] if torch.backends.mps.is_available() else [])
