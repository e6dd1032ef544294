"""A run of the base alone, as `python -m tests.reach.base_only FOLDER`: what extras bring cannot be imported here.

Audit, review, split, export and validate FOLDER/desk.jsonl; then what needs an extra, each of which ends with 3.
"""

import asyncio
import sys
from pathlib import Path

EXTRAS = frozenset(
    {"torch", "transformers", "peft", "bitsandbytes", "sentence_transformers", "accelerate", "sklearn", "scipy"}
    | {"datasketch", "sacrebleu", "rouge_score", "openai", "together", "fireworks", "keyring", "datasets", "joblib"}
)


class Without:
    """A finder of modules that does not find what extras bring."""

    def __init__(self, finder):
        self._finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in EXTRAS else self._finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self._finder, name)


def leave_out_extras():
    sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]


async def review(data):
    from curator.audit.open_data import open_data
    from curator.settings.request import DataRequest
    from curator.tui.app import CuratorApp

    request = DataRequest(data=(str(data),))
    with open_data(request) as opened:  # as the app keeps it, so that it starts no audit of its own
        opened.audited(lambda *_: None, texts=True)
    app = CuratorApp()
    app.open(request)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("a")
        await pilot.pause()
    app.session.finish_writing()
    with open_data(request) as opened:
        sys.stdout.write(f"review {len(opened.project.log.latest(9)) - 1}\n")


def main(folder):
    leave_out_extras()
    from curator.cli.boundary import run

    data, out = folder / "desk.jsonl", folder / "out"

    def command(*words):
        code = run([str(word) for word in words])
        sys.stdout.write(f"{words[0]} {code}\n")

    command("audit", data, "--fail-on", "never")
    asyncio.run(review(data))
    command("split", data)
    command("export", data, "--target", "huggingface", "--out", out)
    command("validate", out / "train.jsonl", "--target", "huggingface")
    command("similar", data, "--to", "a refund")
    command("duplicates", data, "--engine", "datasketch")
    command("audit", data, "--tokenizer", folder / "model")
    command("audit", data, "--embedder", "all-MiniLM-L6-v2")
    command("train", data, "--via", "openai", "--model", "gpt-4.1-mini")
    assert EXTRAS.isdisjoint(name.partition(".")[0] for name in sys.modules)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
