"""How many processes share this run: one, or what `accelerate launch` and torchrun started."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Processes:
    """This process among its fellows. `sharded`: FSDP holds the model in pieces."""

    rank: int = 0
    count: int = 1
    sharded: bool = False

    @property
    def main(self) -> bool:
        """This process writes the files."""
        return self.rank == 0


def here() -> Processes:
    """Read the environment that the launcher set."""
    return Processes(
        rank=int(os.environ.get("RANK", "0")),
        count=int(os.environ.get("WORLD_SIZE", "1")),
        sharded=os.environ.get("ACCELERATE_USE_FSDP", "false").lower() in ("1", "true", "yes"),
    )
