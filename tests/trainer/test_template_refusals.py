"""An audit with --model says of each example what the model's chat template would say at a training."""

import json
import shutil
from pathlib import Path

from tests.audit.run import chat, curator, write
from tests.trainer.conftest import conversation

MODEL = Path(__file__).parents[2] / "sample_data" / "tiny-llama"
STRICT = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def test_every_example_that_the_template_refuses_is_an_error_of_the_audit(tmp_path):
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / "chat_template.jinja").write_text(STRICT, encoding="utf-8")
    lines = [chat(f"Question {number}?", f"Answer {number}.") for number in range(20)]
    for number in (3, 7):
        lines[number]["messages"].insert(0, {"role": "system", "content": "Be brief."})
    write(tmp_path / "a.jsonl", lines)
    asked = ("audit", "a.jsonl", "--no-meaning", "--select", "rejected-by-target")
    assert curator(tmp_path, *asked).code == 0
    with_model = curator(tmp_path, *asked, "--model", "model", "--findings", "found.jsonl")
    found = [json.loads(line) for line in (tmp_path / "found.jsonl").open()]
    assert (with_model.code, [one["line"] for one in found]) == (1, [4, 8])
    assert "System role not supported" in found[0]["message"]


def test_a_training_stops_at_what_the_template_refuses_or_skips_it(tmp_path):
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / "chat_template.jinja").write_text(STRICT, encoding="utf-8")
    lines = [{"messages": conversation(number)["messages"][1:]} for number in range(60)]
    for number in (3, 7):
        lines[number]["messages"].insert(0, {"role": "system", "content": "Be brief."})
    write(tmp_path / "a.jsonl", lines)
    asked = ("train", "a.jsonl", "--no-meaning", "--model", "model", "--prepare", "--allow-leaks")
    stopped = curator(tmp_path, *asked)
    assert stopped.code == 2 and "System role not supported" in stopped.err and "--skip-untrainable" in stopped.err
    made = curator(tmp_path, *asked, "--skip-untrainable")
    assert made.code == 0, made.err
    folder = Path(json.loads(made.out.splitlines()[-1])["folder"])
    skipped = [json.loads(line) for line in (folder / "untrainable.jsonl").open()]
    assert len(skipped) == 2 and all("System role not supported" in one["reason"] for one in skipped)
