"""Prepare a training in a process of its own: comparing examples must not happen inside the app."""

import json
import subprocess
from pathlib import Path

from curator.audit.open_data import Opened
from curator.audit.secrets import HoldsSecrets
from curator.errors import CuratorError, MissingDependency, UsageError, WorkFailed
from curator.module_path import module_command, safe_environment

_KINDS: dict[int, type[CuratorError]] = {2: UsageError, 3: MissingDependency}


def prepare_apart(opened: Opened, *arguments: str) -> tuple[Path, list[str]]:
    """As `curator train DATA --prepare ARGUMENTS`: the run's folder and its sheet, line by line.

    Raises:
        HoldsSecrets: kept examples hold a secret, and `arguments` do not say what becomes of it.
        UsageError, MissingDependency, WorkFailed: what that command says.
    """
    request = opened.request
    data = [str(source.path) for source in opened.sources]
    command = module_command("curator", "train", *data, "--project", str(opened.project.folder.path))
    for name, value in (("--format", request.format_name), ("--config", request.config), ("--target", request.target)):
        command += [name, value] if value is not None else []
    command += ["--prepare", *arguments]
    environment = safe_environment(NO_COLOR="1")
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()] or [
            "The preparation ended without a word."
        ]
        if ended.returncode == HoldsSecrets.exit_code:
            raise HoldsSecrets(ended.stderr.partition("curator: ")[2].strip())
        raise _KINDS.get(ended.returncode, WorkFailed)(lines[-1].removeprefix("curator: "))
    found = json.loads(ended.stdout.splitlines()[-1])
    return Path(found["folder"]), list(found["sheet"])
