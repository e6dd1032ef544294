"""Policies as a user runs them: nothing is dropped or changed that a model would learn differently from."""

import json

import pytest

from tests.audit.run import chat, curator, write

QUESTION = "Is there a cat in this picture, or a dog, or no animal at all? Answer in one word."


def proposed(folder, examples, policy="recommended"):
    """Actions and rules that the policy proposes, with how many examples, in the words of the preview."""
    name = write(folder / "set.jsonl", examples)
    outcome = curator(folder, "decide", name, "--policy", policy, "--dry-run", "--no-meaning", "--quiet")
    assert outcome.code == 0, outcome.err
    shown = [line.split() for line in (outcome.out + outcome.err).splitlines() if line.startswith("  ")]
    return {(action, rule): int(count) for action, count, rule in shown if action in ("drop", "edit")}


def with_picture(number):
    parts = [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": f"https://x.org/{number}"}}]
    return chat(parts, "yes")


def sharegpt(question, answer, **extra):
    return {"conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": answer}], **extra}


def answered(**about):
    example = chat(QUESTION, LONG)
    example["messages"][1] |= about
    return example


LONG = "A rather long answer of more than five words that says the same in each of them."


@pytest.mark.parametrize(
    "make",
    [
        with_picture,
        lambda n: chat(QUESTION, "yes", images=[f"{n}.png"]),
        lambda n: sharegpt(QUESTION, "yes", image=f"{n}.png"),
        lambda n: chat(QUESTION, LONG, tools=[{"type": "function", "function": {"name": f"f{n}"}}]),
        lambda n: {"prompt": QUESTION, "chosen": LONG, "rejected": f"No {'really ' * n}."},
        lambda n: answered(thinking=f"{n}"),
        lambda n: answered(weight=n / 4),
        lambda n: {"prompt": QUESTION, "completion": LONG, "label": n > 1},
        lambda n: chat(f"{QUESTION} {'+-'[n - 1]}1", LONG),
    ],
    ids=["part", "images", "image", "tools", "rejected", "reasoning", "weight", "label", "symbol"],
)
def test_what_differs_where_words_do_not_is_no_ground_for_dropping(make, tmp_path):
    for policy in ("safe", "recommended"):
        assert proposed(tmp_path, [make(1), make(2)], policy) == {}
        assert proposed(tmp_path, [make(1), make(2), make(1)], policy) == {("drop", "exact-duplicate"): 1}


def test_a_role_in_another_spelling_is_no_ground_for_dropping(tmp_path):
    spelled = [
        {"messages": [{"role": "Human", "content": f"Q{n}?"}, {"role": "Bot", "content": f"{n}"}]} for n in range(4)
    ]
    assert proposed(tmp_path, spelled, "safe") == proposed(tmp_path, spelled) == {}
    cohere = [
        {"messages": [{"role": "User", "content": f"Q{n}?"}, {"role": "Chatbot", "content": "a"}]} for n in range(4)
    ]
    assert proposed(tmp_path, cohere) == {}
    silent = [{"messages": [{"role": "user", "content": f"Q{n}?"}]} for n in range(4)]
    assert proposed(tmp_path, silent, "safe") == {("drop", "no-assistant-message"): 4}


def test_every_repair_is_a_finding_of_that_message_first(tmp_path):
    examples = [
        chat("What is a café?", "A cafÃ© is a place.\n"),
        chat("Leading?", "    \x07stays"),
        chat("Code?", '```python\n"Ã©".encode("latin-1")\n```\nprints that'),
        chat("Colour? ", "Use `\x1b[31m`, as in cafÃ©"),
        {"prompt": "def mul(a, b):\n", "completion": '    """Ã©"""\n    return a * b\n'},
    ]
    pairs = [
        {"prompt": "Where?", "chosen": "In the cafÃ©.", "rejected": "No cafÃ© "},
        {"prompt": "Who? ", "chosen": "I", "rejected": "Me"},
    ]
    for name, some in (("chats", examples[:4]), ("completions", examples[4:]), ("pairs", pairs)):
        folder = tmp_path / name
        folder.mkdir()
        write(folder / "set.jsonl", some)
        curator(folder, "audit", "set.jsonl", "--findings", "f.jsonl", "--no-meaning", "--fail-on", "never", "--quiet")
        assert curator(folder, "decide", "set.jsonl", "--policy", "recommended", "--no-meaning", "--quiet").code == 0
        curator(folder, "decisions", "export", "set.jsonl", "d.jsonl")
        found = [json.loads(line) for line in (folder / "f.jsonl").read_text().splitlines()]
        fixable = {one["example"] for one in found if one["suggestion"] == "fix" and one["example"]}
        decided = [json.loads(line) for line in (folder / "d.jsonl").read_text().splitlines()]
        edits = [one for one in decided if one["action"] == "edit"]
        assert {one["example"] for one in edits} == fixable
        texts = [message["content"] for one in edits for part in ("messages", "chosen", "rejected")
                 for message in one["value"].get(part, ())]  # fmt: skip
        assert sorted(texts) == sorted(
            {
                "chats": ["What is a café?", "A café is a place.", "Colour?", "Use `\x1b[31m`, as in café"],
                "completions": [],
                "pairs": ["Where?", "In the café.", "No café", "Who?", "I", "Me"],
            }[name]
        )


def test_other_pictures_survive_an_export(tmp_path):
    write(tmp_path / "set.jsonl", [chat(f"{QUESTION} {n}", "yes", images=[f"{n}.png"]) for n in range(30)])
    outcome = curator(tmp_path, "export", "set.jsonl", "--target", "huggingface", "--out", "out")
    assert outcome.code in (0, 1), outcome.err
    edits = "".join(path.read_text() for path in (tmp_path / "out").glob("t*.jsonl"))
    assert edits.count('"images"') >= 20
