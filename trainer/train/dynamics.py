"""Loss of every train example at every epoch, taken from the training forward pass itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.contract import DYNAMICS_FILE
from trainer.contract.files import atomic_file
from trainer.data.batches import MicroBatch

SAVED = "dynamics.npy"


class Dynamics:
    """Mean loss (nats per trained token) by epoch and example; NaN where an example was not seen."""

    def __init__(self, epochs: int, examples: int) -> None:
        self.losses: npt.NDArray[np.float32] = np.full((epochs, examples), np.nan, dtype=np.float32)
        self._waiting: list[tuple[int, list[int], Any]] = []

    def add(self, epoch: int, batch: MicroBatch, nll: Any) -> None:
        """Note the examples of a forward pass; a muted batch (weights 0) is skipped. No device is waited for."""
        import torch

        sums = torch.zeros(2, len(batch.examples), dtype=torch.float32, device=nll.device)
        sums[0].index_add_(0, batch.owners, (nll.detach() * (batch.weights > 0)).float())
        sums[1].index_add_(0, batch.owners, (batch.weights > 0).float())
        self._wait(epoch, batch.examples, sums)

    def note(self, epoch: int, examples: list[int], losses: Any) -> None:
        """Note losses that are an example's own."""
        import torch

        losses = losses.detach().float()
        self._wait(epoch, examples, torch.stack([losses, torch.ones_like(losses)]))

    def _wait(self, epoch: int, examples: list[int], sums: Any) -> None:
        self._waiting.append((epoch, examples, sums))
        if len(self._waiting) >= 64:
            self.settle()

    def settle(self) -> None:
        """Bring noted losses from the device."""
        for epoch, examples, sums in self._waiting:
            total, count = sums.cpu().numpy()
            known = count > 0
            self.losses[epoch, np.array(examples)[known]] = total[known] / count[known]
        self._waiting.clear()

    def gather(self, accelerator: Any) -> None:
        """Join what the devices noted: each saw other examples."""
        self.settle()
        if accelerator.num_processes > 1:
            from accelerate.utils import gather_object

            for losses in gather_object([self.losses]):
                self.losses = np.where(np.isnan(self.losses), losses, self.losses)

    def save(self, folder: Path) -> None:
        """Write the losses so far into a checkpoint."""
        np.save(folder / SAVED, self.losses, allow_pickle=False)

    def load(self, folder: Path) -> None:
        """Continue from a checkpoint."""
        saved = np.load(folder / SAVED, allow_pickle=False)
        self.losses[: len(saved)] = saved


def write_dynamics(
    folder: Path, names: list[str], tokens: npt.NDArray[np.int64], dynamics: Dynamics, untuned: dict[int, float]
) -> None:
    """Write `dynamics.parquet`: one row per train example.

    `confidence` is the mean over epochs of exp(-loss), the geometric mean probability of its answer tokens;
    `variability` the standard deviation of that (both as in dataset cartography, Swayamdipta et al. 2020);
    `forgetting` the number of epochs in which its loss was higher than in the epoch before (after Toneva et al. 2019);
    `untuned_loss` is null unless asked for.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    losses = dynamics.losses
    known = ~np.isnan(losses)
    probabilities = np.where(known, np.exp(-np.where(known, losses, 0)), 0)
    count = np.maximum(1, known.sum(axis=0))
    confidence = probabilities.sum(axis=0) / count
    variance = (np.where(known, probabilities - confidence, 0) ** 2).sum(axis=0) / count
    rises = ((losses[1:] > losses[:-1]) & known[1:] & known[:-1]).sum(axis=0)
    table = pa.table(
        {
            "example": pa.array(names, pa.string()),
            "trained_tokens": pa.array(tokens, pa.int64()),
            "losses": pa.array([column[~np.isnan(column)].tolist() for column in losses.T], pa.list_(pa.float32())),
            "confidence": pa.array(np.where(known.any(axis=0), confidence, np.nan), pa.float32(), from_pandas=True),
            "variability": pa.array(
                np.where(known.any(axis=0), np.sqrt(variance), np.nan), pa.float32(), from_pandas=True
            ),
            "forgetting": pa.array(rises, pa.int32()),
            "untuned_loss": pa.array([untuned.get(index) for index in range(len(names))], pa.float32()),
        }
    )
    with atomic_file(folder / DYNAMICS_FILE) as temporary:
        pq.write_table(table, temporary)
