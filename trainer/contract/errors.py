"""Everything the trainer raises on purpose, one tree.

TrainerError
├── SettingsError         run.toml is wrong (exit 2)
├── DataError             the data cannot be trained on (exit 2)
├── TemplateError         the chat template cannot tell which tokens are the answers (exit 2)
├── DoesNotFitError       memory or disk is too small for these settings (exit 2)
├── MissingError          a model, package or device is not there (exit 3)
├── NotFiniteError        the loss or a gradient became NaN or infinite (exit 4)
├── CheckpointError       there is nothing sound to continue from (exit 2)
├── ChangedError          model or data are no longer those of the run (exit 2)
├── ExhaustedError        memory or disk ran out midway (exit 4)
├── EvaluationError       the adapter is trained and saved, and could not be evaluated (exit 4)
└── StoppedError          a signal ended the run after a saved step (exit 130 or 4)
"""

from __future__ import annotations


class TrainerError(Exception):
    """A sentence for the user: what happened, where, what to do."""

    exit_code = 2


class SettingsError(TrainerError):
    """`run.toml` is missing or wrong."""


class DataError(TrainerError):
    """The data cannot be read, or there is nothing to learn in it."""


class TemplateError(TrainerError):
    """The chat template cannot render an example, or hides where its answers are."""


class DoesNotFitError(TrainerError):
    """Memory or disk is too small; the message names the setting to change."""


class CheckpointError(TrainerError):
    """There is no checkpoint to continue from."""


class ChangedError(TrainerError):
    """The model or the data of a finished run are no longer what it was trained on."""


class ExhaustedError(TrainerError):
    """Memory or disk ran out while the run worked; it can be continued."""

    exit_code = 4


class EvaluationError(TrainerError):
    """Training is over and the adapter saved; what failed is the evaluation, which can be done again."""

    exit_code = 4


class MissingError(TrainerError):
    """A model, a package or a device is not there."""

    exit_code = 3


class NotFiniteError(TrainerError):
    """The loss or a gradient is NaN or infinite; the message names the examples of the batch."""

    exit_code = 4


class StoppedError(TrainerError):
    """A signal ended the run after a saved step; `trainer resume` continues."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
