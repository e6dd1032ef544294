"""A judge at an endpoint on this machine: asked in both orders, and nothing it said is lost whatever it does."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from curator.errors import WorkFailed
from curator.scoring.address import judge_at
from curator.scoring.plain_text import without_markdown
from curator.training.judge.asking import ask_judge, open_judge_session
from curator.training.judge.endpoint import read_verdict
from curator.training.judge.judgements import Judgements, Outcome, to_judge
from tests.training.providers.loopback import KEY, Answer, Call, Fault, Loopback, serving
from tests.training.providers.openai_service import check_request, operation

ROOT = Path(__file__).parents[2]
ASKED = 6
CHAT = "/v1/chat/completions"


class JudgeService(Loopback):
    """Answers as a chat model would; `say` gives the words, by the user's message and the request's number."""

    def __init__(self, say: Callable[[str, int], Any]) -> None:
        super().__init__()
        self.say = say

    @property
    def address(self) -> str:
        return f"{self.origin}/v1"

    def answer(self, call: Call) -> Answer:
        check_request(call, operation(call))
        said = self.say(call.json["messages"][-1]["content"], len(self.calls))
        if isinstance(said, Answer):
            return said
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        return Answer(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})


def verdict(better: str) -> str:
    return json.dumps({"reason": "It is nearer to the reference.", "better": better})


def prefers_tuned(content: str, _: int) -> str:
    return verdict("1" if re.search(r"<answer-1>\nTuned", content) else "2")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """An evaluated run of six questions."""
    folder = tmp_path / "run"
    folder.mkdir()
    result = json.loads((ROOT / "tests" / "tui" / "result.json").read_text())
    result["evaluation"] |= {"answered": ASKED, "examples": ASKED}
    (folder / "result.json").write_text(json.dumps(result))
    lines = [
        {
            "example": f"id{number}",
            "baseline_loss": 3.0,
            "tuned_loss": 1.0,
            "prompt": [{"role": "user", "content": f"Question {number}?"}],
            "reference": f"Reference {number}.",
            "baseline_answer": f"## Untuned\n\n**Words** {number}.",
            "answer": f"Tuned words {number}.",
        }
        for number in range(ASKED)
    ]
    (folder / "evaluation.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[JudgeService]:
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    with serving(JudgeService(prefers_tuned)) as server:
        yield server


def compare(run: Path, *arguments: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "JUDGE_API_KEY"}
    environment |= {"PYTHONPATH": str(ROOT)} | ({"JUDGE_API_KEY": key} if key else {})
    command = [sys.executable, "-P", "-m", "curator", "compare", str(run), "--failures", "0", *arguments]
    return subprocess.run(
        command, cwd=run, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def ask(run: Path, judge: JudgeService, *arguments: str) -> subprocess.CompletedProcess[str]:
    return compare(run, "--judge", judge.address, "--judge-model", "a-judge", *arguments)


def judged(run: Path, judge: JudgeService) -> Outcome:
    """Within this process."""
    judge_session = open_judge_session(run, judge_at(judge.address, "a-judge"))
    for _ in ask_judge(judge_session):
        continue
    return judge_session.judgements.outcome()


def test_both_orders_are_asked_without_markdown_and_the_second_time_nothing(run: Path, judge: JudgeService) -> None:
    ended = ask(run, judge)
    assert ended.returncode == 0, ended.stderr
    assert f"To the judge a-judge at {judge.address}: 6 held-out questions" in ended.stderr
    assert "12 requests" in ended.stderr and KEY not in ended.stderr + ended.stdout
    assert "tuned answer is better in 6, the untuned one in 0, neither in 0" in ended.stdout
    assert "agrees with itself in 100%" in ended.stdout and "it distinguishes: better" in ended.stdout
    contents = [call.json["messages"][-1]["content"] for call in judge.calls]
    assert len(set(contents)) == 12 and not any("**" in content or "##" in content for content in contents)
    assert sum("<answer-1>\nTuned" in content for content in contents) == 6
    again = ask(run, judge)
    assert again.stdout == ended.stdout and len(judge.calls) == 12
    (reported,) = [line for line in json.loads(ask(run, judge, "--json").stdout)["judge"].items() if line[0] == "tuned"]
    assert reported == ("tuned", 6)


def test_a_judge_gets_no_secret_whoever_wrote_it(run: Path, judge: JudgeService) -> None:
    token = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    lines = [json.loads(line) for line in (run / "evaluation.jsonl").read_text().splitlines()]
    lines[0]["prompt"][0]["content"] += f" I log in with {token}."
    lines[1]["reference"] += f" Take {token}."
    lines[2]["answer"] += f" It is {token}."
    (run / "evaluation.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    ended = ask(run, judge)
    assert ended.returncode == 0 and "Examples that hold a secret: 3; [SECRET] is sent" in ended.stderr
    contents = [call.json["messages"][-1]["content"] for call in judge.calls]
    assert len(contents) == 12 and not any(token in content for content in contents)
    assert sum("[SECRET]" in content for content in contents) == 6


def test_a_judge_that_always_likes_the_first_answer_tells_nothing_apart(run: Path, judge: JudgeService) -> None:
    judge.say = lambda content, number: verdict("1")
    outcome = judged(run, judge)
    assert outcome == Outcome(tuned=0, untuned=0, draws=0, inconsistent=6, unjudged=0) and outcome.consistency == 0
    (sentence,) = outcome.sentences()
    assert "neither in 6" in sentence and "agrees with itself in 0%" in sentence


@pytest.mark.parametrize("kind", [429, 500, "cut", "lost"])
def test_a_request_that_fails_once_is_repeated(run: Path, judge: JudgeService, kind: int | str) -> None:
    judge.faults = [Fault("POST", CHAT, kind)]
    assert judged(run, judge).tuned == 6


def test_a_request_that_is_not_answered_in_time_is_repeated(
    run: Path, judge: JudgeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curator.scoring.endpoint.SECONDS", 2)
    judge.faults = [Fault("POST", CHAT, "slow")]
    assert judged(run, judge).tuned == 6
    judge.faults = [Fault("POST", CHAT, "slow")] * 5
    (run / "judgements.jsonl").unlink()
    with pytest.raises(WorkFailed, match="did not answer in time"):
        judged(run, judge)


def test_an_endpoint_that_goes_down_ends_with_4_and_the_next_call_goes_on(run: Path, judge: JudgeService) -> None:
    judge.faults = [Fault("POST", CHAT, 503)] * 5  # one request and its four repetitions
    down = ask(run, judge)
    assert down.returncode == 4 and "failed to answer (503)" in down.stderr and KEY not in down.stderr
    assert "difference, 95 % interval" in down.stdout, "the comparison itself is not lost"
    judge.say = lambda content, number: (
        Answer(500, {}, {"retry-after-ms": "1"}) if number > 4 else prefers_tuned(content, 0)
    )
    midway = ask(run, judge)
    assert midway.returncode == 4
    kept = (run / "judgements.jsonl").read_text().splitlines()
    assert len(kept) == 4 and "better in 2" in midway.stdout
    with (run / "judgements.jsonl").open("a") as file:
        file.write('{"example": "id4", "ke')  # the machine went down in the middle of a line
    judge.say, judge.calls = prefers_tuned, []
    assert ask(run, judge).returncode == 0 and len(judge.calls) == 8
    lines = [json.loads(line) for line in (run / "judgements.jsonl").read_text().splitlines()]
    assert len(lines) == 12 and {line["liked"] for line in lines} == {"tuned"}


def test_nobody_listening_is_a_sentence(run: Path) -> None:
    with serving(JudgeService(prefers_tuned)) as server:
        pass
    with pytest.raises(WorkFailed, match="cannot be reached"):
        judged(run, server)


LIES: dict[str, Any] = {
    "prose": "The first one,\x1b[2J I think.",
    "half of it": '{"reason": "so", "better": ',
    "another word": verdict("the blue one"),
    "nothing": None,
    "no choices": Answer(200, {"id": "c", "object": "chat.completion", "choices": []}),
    "another form": Answer(200, ["no", "choices"]),
    "not JSON": Answer(200, b"<html>Bad gateway</html>"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_replies_that_cannot_be_read_cost_only_themselves(run: Path, judge: JudgeService, lie: Any) -> None:
    judge.say = lambda content, _: lie if "Question 3?" in content else prefers_tuned(content, 0)
    with pytest.raises(WorkFailed, match="2 of 12 replies of the judge could not be read") as problem:
        judged(run, judge)
    assert "\x1b" not in str(problem.value)
    lines = [json.loads(line) for line in (run / "judgements.jsonl").read_text().splitlines()]
    assert len(lines) == 10 and "id3" not in {line["example"] for line in lines}
    judge.say, judge.calls = prefers_tuned, []
    assert judged(run, judge).tuned == 6 and len(judge.calls) == 2


def test_a_wrong_key_and_an_unknown_model_are_sentences(
    run: Path, judge: JudgeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge.say = lambda content, _: Answer(404, {"error": {"message": "There is no a-judge."}})
    with pytest.raises(WorkFailed, match=r"refuses this \(404\): There is no a-judge"):
        judged(run, judge)
    monkeypatch.setenv("JUDGE_API_KEY", "another-key")
    with pytest.raises(WorkFailed, match="does not accept the key from the environment variable") as wrong:
        judged(run, judge)
    assert "another-key" not in str(wrong.value)


def test_nothing_is_sent_unencrypted_without_a_key_or_without_consent(run: Path) -> None:
    named = ("--judge-model", "a-judge")
    plain = compare(run, "--judge", "http://judge.invalid/v1", *named)
    assert plain.returncode == 2 and "not an https address" in plain.stderr
    keyless = compare(run, "--judge", "https://judge.invalid/v1", *named, key=None)
    assert keyless.returncode == 3 and "JUDGE_API_KEY" in keyless.stderr
    silent = compare(run, "--judge", "https://judge.invalid/v1", *named)
    assert silent.returncode == 2 and "Nothing was sent" in silent.stderr and "12 requests" in silent.stderr
    assert compare(run, "--judge", "https://judge.invalid/v1").returncode == 2
    assert not (run / "judgements.jsonl").exists()


def test_judgements_are_kept_for_this_judge_and_these_answers_alone(run: Path, judge: JudgeService) -> None:
    judged(run, judge)
    lines = [json.loads(line) for line in (run / "evaluation.jsonl").read_text().splitlines()]
    assert Judgements(run, to_judge(lines, judge.address, "a-judge")).open() == []
    assert len(Judgements(run, to_judge(lines, judge.address, "another-judge")).open()) == 12
    lines[2]["answer"] = "Other words."
    lines[3]["answer"] = lines[3]["baseline_answer"]  # equal answers are a tie that needs no judge
    opened = Judgements(run, to_judge(lines, judge.address, "a-judge"))
    assert {one.example for one, _ in opened.open()} == {"id2"} and opened.outcome().draws == 1


def test_judging_again_begins_where_a_full_disk_ended_it(run: Path, judge: JudgeService) -> None:
    resource = pytest.importorskip("resource")
    judged(run, judge)
    whole = (run / "judgements.jsonl").stat().st_size
    shutil.copy(run / "judgements.jsonl", run / "kept")
    (run / "judgements.jsonl").unlink()
    command = [sys.executable, "-P", "-m", "curator", "compare", str(run), "--failures", "0", "--judge", judge.address]
    ended = subprocess.run(
        [*command, "--judge-model", "a-judge"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "JUDGE_API_KEY": KEY},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (whole // 2, whole // 2)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 4 and "disk is full" in ended.stderr
    judged(run, judge)
    assert (run / "judgements.jsonl").read_bytes() == (run / "kept").read_bytes()


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ('<think>{"better": "2"} or so?</think>\n```json\n{"reason": "x", "better": "1"}\n```', "first"),
        ('{"better": 2}', "second"),
        ('{"better": "Equal", "reason": "both"}', "neither"),
        ('{"reason": "{}"}', None),
    ],
)
def test_a_verdict_is_read_out_of_whatever_stands_around_it(said: str, better: str | None) -> None:
    found = read_verdict(said)
    assert (None if found is None else found.better) == better


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# Title\n\nSome **bold** and *soft* [link](http://a.b).", "Title\nSome bold and soft link."),
        ("1. one\n2. two\n\n- dot", "1. one\n2. two\ndot"),
        ("```python\nx = a * b  # **kept**\n```", "x = a * b  # **kept**"),
        ("2 * 3 * 4 = 24 and snake_case_name", "2 * 3 * 4 = 24 and snake_case_name"),
        ("\\[ x \\] costs &lt; 3", "\\[ x \\] costs &lt; 3"),
        ('{"a": "**b**", "c": "\\"d\\""}', '{"a": "**b**", "c": "\\"d\\""}'),
    ],
)
def test_markdown_goes_and_the_words_stay(text: str, plain: str) -> None:
    assert without_markdown(text) == plain
