"""What asks the same in other words is found, and what only looks like it is not."""

import numpy as np
import polars as pl
import pytest

from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import words_of
from curator.embedding.paraphrases import Prompts, paraphrase_pairs, paraphrases_of

BAKERY = (
    "Maria's bakery in Lisbon sells 45 almond croissants every morning for $3 each. On Sundays it sells only half of "
    "them, and gives the remaining croissants to a shelter. How much money does the bakery earn in a week?"
)
REWORDED = (
    "Work out the weekly earnings of Maria's bakery. It is in Lisbon and sells 45 almond croissants at $3 a piece each "
    "morning, but on Sundays just half of the croissants, and the rest of them goes to a shelter."
)
ANOTHER = BAKERY.replace("45", "60")


def prompts(*texts: str) -> Prompts:
    frame = pl.DataFrame({"prompt": texts}).with_columns(answer=pl.lit("Yes."), context=pl.lit(0, pl.UInt64))
    return Prompts.of(encode_views(frame, encoder_named()), words_of(frame))


def test_a_question_is_found_in_other_words_and_in_another_order() -> None:
    known = prompts("Describe the rules of chess to a child of eight years, with its six pieces.", BAKERY)
    nearest, cosines = paraphrases_of(known, prompts(REWORDED, "Where is the nearest station of the night train?"))
    assert nearest.tolist() == [1, -1]
    assert cosines[0] > 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BAKERY, ANOTHER),
        ("Which of the Elbe, Oder and Aare reach a sea?", "Which of the Elbe, Oder and Aare do not reach a sea?"),
        ("Work out what 14 * 23 is, and write the steps down.", "Work out what 14 + 23 is, and write the steps down."),
        ("List three animals of the desert with their young.", "List seven animals of the desert with their young."),
    ],
)
def test_another_number_operator_or_denial_is_another_question(one: str, other: str) -> None:
    assert paraphrases_of(prompts(one), prompts(other))[0].tolist() == [-1]
    assert paraphrases_of(prompts(one), prompts(one.upper()))[0].tolist() == [0]


def test_numbers_may_be_words_in_one_and_digits_in_the_other() -> None:
    other = BAKERY.replace("$3", "three dollars")
    assert paraphrases_of(prompts(BAKERY), prompts(other))[0].tolist() == [0]


def test_prompts_filled_into_one_template_are_not_all_the_same_question() -> None:
    ends = ("stad", "ova", "ingen", "ello", "burg")
    towns = [f"{first}{last}" for first in ("Kar", "Mel", "Tor", "Bis", "Nov") for last in ends]
    form = "You are a tool that answers by calling weather(query). Input is a plain question. The weather in {}?"
    assert len(paraphrase_pairs(prompts(*(form.format(town) for town in towns)))) == 0


def test_what_the_encoder_does_not_read_is_never_a_paraphrase() -> None:
    known = prompts("治疗感冒吃什么药？请给出三条建议并解释原因。", "Как сварить суп из свежих овощей дома?")
    nearest, _ = paraphrases_of(
        known, prompts("怎样学会游泳？请给出三条建议并解释原因。", "Где купить билет на ночной поезд?")
    )
    assert nearest.tolist() == [-1, -1]


def test_copies_on_either_side_change_nothing() -> None:
    known = prompts(BAKERY, BAKERY, ANOTHER)
    nearest, _ = paraphrases_of(known, prompts(REWORDED, BAKERY, REWORDED, "Name a river."))
    assert nearest.tolist() == [0, 0, 0, -1]
    pairs = paraphrase_pairs(prompts(BAKERY, REWORDED, BAKERY))
    assert {tuple(pair) for pair in pairs.tolist()} == {(0, 1), (0, 2)}


def test_nothing_is_found_in_nothing() -> None:
    nothing = prompts(BAKERY).at(np.empty(0, dtype=np.int64))
    assert paraphrases_of(nothing, prompts(BAKERY))[0].tolist() == [-1]
    assert len(paraphrases_of(prompts(BAKERY), nothing)[0]) == 0
    assert len(paraphrase_pairs(nothing)) == 0
