"""What goes into a run folder and what comes out: its files, exit codes, settings, events and result.

Pydantic and the standard library only: front ends import this room without paying for torch.
"""

SCHEMA_VERSION = 1

SETTINGS_FILE = "run.toml"
RESOLVED_FILE = "resolved.toml"
TRAIN_FILE = "train.jsonl"
VALIDATION_FILE = "validation.jsonl"
TEST_FILE = "test.jsonl"
EVENTS_FILE = "events.jsonl"
LOG_FILE = "log.txt"
CHECKPOINTS_FOLDER = "checkpoints"
STARTED_FILE = "started.json"
ADAPTER_FOLDER = "adapter"
MERGED_FOLDER = "merged"
METRICS_FILE = "results.csv"
DYNAMICS_FILE = "dynamics.parquet"
EVALUATION_FILE = "evaluation.jsonl"
RESULT_FILE = "result.json"
UNTRAINABLE_FILE = "untrainable.jsonl"

EXIT_CLEAN = 0
EXIT_USAGE = 2
EXIT_MISSING = 3
EXIT_INTERRUPTED_WORK = 4
EXIT_INTERNAL = 70
EXIT_SIGINT = 130

RESULT_COLUMNS = (
    "step",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)
"""The columns of `results.csv`, as OpenAI's fine-tuning jobs write them."""


__all__ = ["bounded", "errors", "events", "examples", "files", "results", "settings", "statistics"]
