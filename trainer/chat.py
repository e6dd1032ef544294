"""Talk to the untuned and the tuned model side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from trainer.evaluate.answers.generate import Question, answer, stop_tokens
from trainer.plan.describe import visible
from trainer.plan.plan import Plan
from trainer.publish.finished import finished_run, tuned_model

HELP = "Type a message. /new starts over, /quit ends (or Ctrl-D).\n"


def talk(folder: Path, system: str | None, allow_download: bool, trust_remote_code: bool = False) -> None:
    """Read messages from stdin, print both answers. Each model remembers its own side of the conversation."""
    plan, _ = finished_run(folder, allow_download, trust_remote_code)
    model = tuned_model(plan)
    stops = stop_tokens(plan.tokenizer, plan.train, plan.base_stops)
    opening = _opening(plan, system)
    histories = {"untuned": list(opening), "tuned": list(opening)}
    _say(HELP)
    while True:
        _say("\nyou      ")
        line = sys.stdin.readline()
        text = line.strip()
        if not line or text == "/quit":
            return
        if text == "/new":
            histories = {"untuned": list(opening), "tuned": list(opening)}
            continue
        if not text:
            continue
        for name, history in histories.items():
            history.append({"role": "user", "content": text})
            reply = _reply(plan, model, name, history, stops)
            history.append({"role": "assistant", "content": reply})
            sys.stdout.write(f"{name:<8} {visible(reply)}\n")
            sys.stdout.flush()


def _reply(plan: Any, model: Any, name: str, history: list[dict[str, Any]], stops: list[int]) -> str:
    asked = [Question(name, history, None, "")]
    most = plan.settings.evaluation.max_new_tokens
    options = (plan.template, asked, stops, most, plan.placement.device, plan.placement.dtype)
    if name == "tuned":
        return answer(model, *options)[0].text
    with model.disable_adapter():
        return answer(model, *options)[0].text


def _opening(plan: Plan, system: str | None) -> list[dict[str, Any]]:
    if system is not None:
        return [{"role": "system", "content": system}] if system else []
    first = plan.train_conversations()[0].messages[0]
    return [first] if first["role"] == "system" else []


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
