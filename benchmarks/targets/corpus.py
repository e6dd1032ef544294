"""The corpus: every case as two files, and how each of them is judged."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.targets.case import Case, answer, chat, encoded, user
from benchmarks.targets.chat_cases import TARGETS as CHAT_TARGETS
from benchmarks.targets.chat_cases import chat_cases
from benchmarks.targets.gemini_nova_cases import gemini_cases, line, model, nova, nova_cases, say
from benchmarks.targets.gemini_nova_cases import user as gemini_user
from benchmarks.targets.local_cases import alpaca_cases, llama_factory_cases, sharegpt_cases, trl_cases, turns
from curator.data.content import Content
from curator.targets.file_validation import validate
from curator.targets.violation import Violation

LINE = 7
"""The line on which the defect stands; twelve sound lines are around it."""

LOCAL = ("huggingface", "axolotl", "mlx", "anyscale", "llama-factory", "alpaca", "sharegpt")
TARGETS = (*CHAT_TARGETS, "gemini", "bedrock-nova", *LOCAL)
MARK = b"\xef\xbb\xbf"


def cases(target: str) -> Iterator[Case]:
    own = {
        "gemini": gemini_cases,
        "bedrock-nova": nova_cases,
        "alpaca": alpaca_cases,
        "sharegpt": sharegpt_cases,
        "llama-factory": llama_factory_cases,
    }
    if target in CHAT_TARGETS:
        return chat_cases(target)
    return own[target]() if target in own else trl_cases(target)


def sound_line(target: str, number: int) -> dict[str, object]:
    question, reply = f"What is {number} plus {number}?", f"It is {number + number}."
    match target:
        case "gemini":
            return line(gemini_user(question), model(reply))
        case "bedrock-nova":
            return nova(say("user", question), say("assistant", reply))
        case "alpaca":
            return {"instruction": question, "input": "", "output": reply}
        case "sharegpt" | "llama-factory":
            return turns(("human", question), ("gpt", reply))
    return chat(user(question), answer(reply))


def write_file(path: Path, target: str, odd: bytes | None, count: int = 13) -> Path:
    """`count` sound lines, the one numbered `LINE` replaced by `odd`."""
    lines = [json.dumps(sound_line(target, number)).encode() for number in range(1, count + 1)]
    if odd is not None:
        lines[LINE - 1] = odd
    path.write_bytes((MARK if target == "azure" else b"") + b"\n".join(lines) + b"\n")
    return path


def count_words(content: Content) -> int:
    """Words as tokens: the rule is tested here, not the tokeniser."""
    return sum(len(str(message.get("content") or "").split()) for message in content.messages)


def judged(path: Path, target: str, case: Case) -> list[Violation]:
    counts = count_words if case.rule == "over-token-limit" else None
    return list(validate(path, target, model=case.model, count_tokens=counts))


def is_found(case: Case, violations: list[Violation]) -> bool:
    """The rule, with its severity, on the right line, and no error anywhere else."""
    elsewhere = [found for found in violations if found.line != LINE and found.severity == "error"]
    wanted = any((found.rule, found.severity, found.line) == (case.rule, case.severity, LINE) for found in violations)
    return wanted and not elsewhere


def is_accepted(case: Case, violations: list[Violation]) -> bool:
    """No error at all, and nothing by the rule's name on the line. A line of another form is a fault of the file."""
    own = [found for found in violations if found.rule not in ("mixed-formats", "too-few-examples")]
    return not any(found.severity == "error" or (found.rule == case.rule and found.line == LINE) for found in own)


def try_case(folder: Path, target: str, case: Case) -> tuple[bool, bool]:
    """Whether the defect is found and whether its neighbour is accepted."""
    broken = write_file(folder / "broken.jsonl", target, encoded(case.broken))
    neighbour = write_file(folder / "neighbour.jsonl", target, encoded(case.neighbour))
    return is_found(case, judged(broken, target, case)), is_accepted(case, judged(neighbour, target, case))
