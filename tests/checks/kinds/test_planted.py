"""Planted defects are found, at least 95 in 100, and at most 5 in 1,000 clean examples are called defective."""

import json
from random import Random

import pytest

from curator.checks.preference.bias import auc_of_words
from tests.checks.kinds.planted import WORDS, of_the_set, pair, prose, rates, rows_found, session

COUNT, EVERY = 1_000, 10
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I cannot assist with that. Please ask something else.",
    "As an AI language model, I am unable to answer this question.",
    "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
    "Je suis désolé, mais je ne peux pas répondre à cette demande.",
)


def _equal(value, random):
    value["rejected"] = f" {value['chosen']} "


def _nearly(value, random):
    words = value["chosen"].split() + prose(random, 25).split()
    value["chosen"] = " ".join(words)
    words[random.randrange(len(words))] = random.choice(["seventeen", "4711", "blue-ish"])
    value["rejected"] = " ".join(words)


def _no_answer(value, random):
    value["rejected"] = random.choice(
        [*REFUSALS, "", "  \n", f"{prose(random, 30)[:-1]} and the", f"{prose(random, 18)} It is,"]
    )


def _orphan(value, random):
    value["messages"][2]["tool_call_id"] = "other"


def _orphan_first(value, random):
    del value["messages"][1]


def _loop(value, random):
    period, times = random.randint(1, 3), random.randint(3, 5)
    steps = session(random, period)["messages"][1:-1]
    value["messages"][-1:-1] = json.loads(json.dumps(steps)) * times


def _no_end(value, random):
    del value["messages"][-1 - random.randint(0, 1) :]


def _blank_end(value, random):
    value["messages"][-1]["content"] = random.choice(["", " \n"])


def _no_task(value, random):
    value["messages"][0]["content"] = random.choice(
        ["", " ", "<environment_context>\n<cwd>/home/user</cwd>\n</environment_context>",
         "<system-reminder>Be brief.</system-reminder>\n"]
    )  # fmt: skip


def _task_is_gone(value, random):
    del value["messages"][0]


def _oversized(value, random):
    value["messages"][2]["content"] = prose(random, 9_000)


def _malformed(value, random):
    thought, answer = prose(random, 20), prose(random, 20)
    value["messages"][-1]["content"] = random.choice(
        [f"{thought}\n</think>\n\n{answer}", f"<think>\n{thought}\n\n{answer}", f"<think>a<think>b</think>{answer}",
         f"{answer}\n<think>{thought}</think>", f"<think>{thought}</think></think>{answer}",
         f"<think>{thought}</think>",
         f"<thinking>{thought}", f"[THINK]{thought}\n{answer}", f"<|begin_of_thought|>{thought}\n{answer}"]
    )  # fmt: skip


def _empty_thought(value, random):
    value["messages"][-1]["content"] = random.choice(["<think>\n\n</think>\n\n", "<think></think>"]) + prose(random, 9)


PAIRS = {"chosen-equals-rejected": [_equal], "nearly-equal-pair": [_nearly], "rejected-not-an-answer": [_no_answer]}
SESSIONS = {
    "orphan-tool-result": [_orphan, _orphan_first],
    "repeated-tool-call": [_loop],
    "no-final-answer": [_no_end, _blank_end],
    "missing-task": [_no_task, _task_is_gone],
    "oversized-tool-result": [_oversized],
    "malformed-thinking": [_malformed],
    "empty-thinking": [_empty_thought],
}


def made(make, plants, seed):
    random = Random(seed)
    values = [make(random) for _ in range(COUNT)]
    planted = set(range(0, COUNT, EVERY))
    for number in planted:
        random.choice(plants)(values[number], random)
    return values, planted


@pytest.mark.parametrize("name", PAIRS)
def test_a_defect_of_a_pair_is_found(name):
    values, planted = made(pair, PAIRS[name], 1)
    recall, false_alarms = rates(rows_found(name, values, "preference"), planted, COUNT)
    assert recall >= 0.95
    assert false_alarms <= 0.005


@pytest.mark.parametrize("name", SESSIONS)
def test_a_defect_of_a_session_is_found(name):
    values, planted = made(lambda random: session(random, thought=random.random() < 0.5), SESSIONS[name], 2)
    recall, false_alarms = rates(rows_found(name, values, "chat"), planted, COUNT)
    assert recall >= 0.95
    assert false_alarms <= 0.005


def test_contradictory_pairs_and_ratings_are_found_on_both_sides():
    random = Random(3)
    values = [pair(random) for _ in range(500)]
    for number in range(0, 100, 2):
        one = values[number]
        values[number + 1] = {**one, "chosen": one["rejected"], "rejected": one["chosen"]}
    assert rows_found("contradictory-preference", values, "preference") == set(range(100))
    rated = [{"prompt": one["prompt"], "completion": one["chosen"], "label": True} for one in values[100:]]
    rated[::40] = [{**one, "label": False} for one in rated[1::40]]
    found = rows_found("contradictory-preference", rated, "kto")
    assert found == {number + side for number in range(0, 400, 40) for side in (0, 1)}


def test_answers_to_different_prompts_are_found():
    def conversation(prompt, answer):
        return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]

    values = [
        {"chosen": conversation("Where?", f"There {n}."), "rejected": conversation("Where?", "Here.")} for n in range(9)
    ]
    values.append({"chosen": conversation("Where?", "There."), "rejected": conversation("When?", "Now.")})
    assert rows_found("different-prompts", values, "preference") == {9}


@pytest.mark.parametrize("share", [0.65, 0.75, 0.9])
def test_a_planted_bias_of_length_is_found_with_its_auc(share):
    random, values = Random(4), []
    for number in range(2_000):
        short, long = sorted(random.sample(range(10, 90), 2))
        chosen, rejected = (long, short) if number < share * 2_000 else (short, long)
        values.append({"prompt": f"p{number}", "chosen": prose(random, chosen), "rejected": prose(random, rejected)})
    (finding,) = of_the_set("length-bias", values, "preference")
    assert finding["score"] == pytest.approx(share, abs=0.02)


def test_pairs_of_like_length_have_no_bias_of_length():
    assert not any(
        of_the_set("length-bias", [pair(Random(seed * 1000 + n)) for n in range(200)], "preference")
        for seed in range(20)
    )


def test_words_that_give_the_chosen_answer_away_are_named_and_others_are_not_made_up():
    random = Random(5)
    chosen = [f"**{random.choice(WORDS)}** {prose(random, 40)}" if n % 8 else prose(random, 40) for n in range(400)]
    rejected = [prose(random, 15) for _ in range(400)]
    found = auc_of_words(chosen, rejected)
    assert found.auc.value > 0.9
    assert "*" in found.words
    assert (
        auc_of_words([prose(random, 63) for _ in range(400)], [prose(random, 18) for _ in range(400)]).auc.value < 0.6
    )


def test_ratings_that_are_nearly_all_good_get_a_weight():
    def rated(good):
        return [
            {"prompt": f"p{n}", "completion": f"c{n}", "label": n >= 20 if good else n % 2 == 0} for n in range(200)
        ]

    (finding,) = of_the_set("unbalanced-labels", rated(good=True), "kto")
    assert finding["message"] == (
        "180 of 200 answers are rated good. Set undesirable_weight to about 9.0, or balance the set."
    )
    assert of_the_set("unbalanced-labels", rated(good=False), "kto") == []
