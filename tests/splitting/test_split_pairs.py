"""All that is said to one prompt stays on one side: pairs with other answers, rated answers, whole conversations."""

import json
import random

import pytest

from tests.audit.run import curator, write
from tests.duplicates.material import question


def said(generator, words):
    return " ".join(question(generator)[1].split()[:words])


def pair(generator, prompt):
    return {"prompt": prompt, "chosen": said(generator, 14), "rejected": said(generator, 9)}


def rated(generator, prompt):
    return {"prompt": prompt, "completion": said(generator, 14), "label": generator.random() < 0.5}


def conversations(generator, prompt):
    """Two ways that a conversation went on, under one of several system texts."""
    begin = [{"role": "system", "content": generator.choice(["Be brief.", "Be kind."])}]
    begin.append({"role": "user", "content": prompt})
    turns = [{"role": role, "content": said(generator, 12)} for role in ("assistant", "user", "assistant")]
    return {"chosen": [*begin, *turns], "rejected": [*begin, {"role": "assistant", "content": said(generator, 8)}]}


@pytest.mark.parametrize("form", [pair, rated, conversations])
def test_all_answers_to_one_prompt_are_on_one_side_also_where_the_prompt_has_no_word(form, tmp_path):
    generator = random.Random(5)
    prompts = [f"{question(generator)[0]} ({number})" for number in range(60)] + ["?!", "🙂", "…", "→ →", "!!!"]
    lines = [form(generator, prompt) for prompt in prompts for _ in range(generator.choice([2, 3, 4]))]
    generator.shuffle(lines)
    write(tmp_path / "data.jsonl", lines)
    split = curator(tmp_path, "split", "data.jsonl", "--validation", "0.25", "--no-meaning")
    assert split.code == 0, split.out + split.err
    export = curator(tmp_path, "export", "data.jsonl", "--target", "huggingface", "--out", "out", "--no-meaning")
    assert (tmp_path / "out" / "train.jsonl").is_file(), export.err
    sides = {side: asked_in(tmp_path / "out" / f"{side}.jsonl") for side in ("train", "validation")}
    assert sides["train"] and sides["validation"] and not sides["train"] & sides["validation"]
    assert sides["train"] | sides["validation"] == set(prompts)


def asked_in(path):
    prompts = [json.loads(line)["prompt"] for line in path.read_text().splitlines()]
    return {prompt[-1]["content"] for prompt in prompts}
