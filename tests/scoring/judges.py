"""A judge behind a loopback endpoint, and data to score."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.training.providers.loopback import KEY, Answer, Call, Loopback

ROOT = Path(__file__).parents[2]
RUBRIC = "helpful-and-correct"


class RatingService(Loopback):
    """Rates as `say` does: by the answer shown, and the request's number."""

    def __init__(self, say: Callable[[str, int], Any], probabilities: bool = True) -> None:
        super().__init__()
        self.say, self.probabilities = say, probabilities

    @property
    def address(self) -> str:
        return f"{self.origin}/v1"

    def answer(self, call: Call) -> Answer:
        if len(call.body) < int(call.headers["Content-Length"]):
            return Answer(400)  # whoever sent it was killed meanwhile
        if "logprobs" in call.json and not self.probabilities:
            return Answer(400, {"error": {"message": "logprobs is not supported"}})
        shown = call.json["messages"][-1]["content"]
        said = self.say(shown, len(self.calls))
        if isinstance(said, Answer):
            return said
        return Answer(200, completion(said, call.json["model"], logprobs="logprobs" in call.json))


def completion(said: Any, model: str = "a-judge", *, logprobs: bool = True) -> dict[str, Any]:
    """An endpoint's answer: `said` is the text, or a level, or the probabilities of levels."""
    odds = {str(said): 1.0} if isinstance(said, int) else said
    if not isinstance(odds, dict):
        return _chat({"role": "assistant", "content": said}, None, model)
    level = max(odds, key=odds.__getitem__)
    top = [{"token": name, "logprob": math.log(share)} for name, share in odds.items()]
    tokens = [{"token": '{"reason": "It is so.", "score":', "logprob": 0.0, "top_logprobs": []}]
    tokens.append({"token": f" {level}", "logprob": math.log(odds[level]), "top_logprobs": top})
    text = json.dumps({"reason": "It is so.", "score": int(level)})
    return _chat({"role": "assistant", "content": text}, {"content": tokens} if logprobs else None, model)


def _chat(message: dict[str, Any], logprobs: Any, model: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": message, "logprobs": logprobs}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}


def number_in(shown: str) -> int:
    """The number of the example that a request is about."""
    found = re.search(r"Answer number (\d+)", shown)
    assert found is not None, shown
    return int(found[1])


def command(folder: Path, *arguments: str, key: str | None = KEY) -> list[str]:
    """A command line, and what it needs of the environment."""
    return [sys.executable, "-m", "curator", *arguments]


def environment(folder: Path, key: str | None = KEY) -> dict[str, str]:
    """Of a command: a state folder of its own, and the judge's key."""
    given = {name: value for name, value in os.environ.items() if name != "JUDGE_API_KEY"}
    given |= {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / "state"), "CURATOR_MEANING_EMBEDDER": "none"}
    return given | ({"JUDGE_API_KEY": key} if key else {})


def run(folder: Path, *arguments: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    """`curator` in a process of its own."""
    return subprocess.run(
        command(folder, *arguments),
        cwd=folder,
        env=environment(folder, key),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
