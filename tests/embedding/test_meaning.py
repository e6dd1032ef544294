import random
import re
import string
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.embedding.encoders.static import default_encoder
from curator.embedding.encoders.subwords import words_of
from curator.embedding.keepers import between_stands, keepers, stands
from curator.embedding.neighbors.exact_knn import neighbours_of_some
from curator.embedding.neighbors.nearest import NEIGHBOURS, all_pairs, neighbours
from curator.embedding.neighbors.pairs import Criterion
from curator.embedding.outliers.detection import outliers, surprisal
from curator.embedding.outliers.reasons import reasons, usual
from curator.embedding.projection import layout
from curator.embedding.selection import diverse_order, measured_subset, query_vector, similar
from curator.embedding.semantic_duplicates import semantic_pairs
from curator.embedding.semantic_findings import outlier_findings, semantic_duplicate_findings, topic_findings
from curator.embedding.topics.assignment import topics
from curator.embedding.topics.titles import titled
from curator.embedding.vectors import Vectors
from tests.embedding.examples import FOREIGN, TOWNS, encoded, texts, views


def random_vectors(count: int, seed: int = 0, dimensions: int = 64) -> Vectors:
    parts = np.random.default_rng(seed).normal(size=(count, 2, dimensions))
    return Vectors((parts / np.linalg.norm(parts, axis=2, keepdims=True)).astype(np.float16))


def near_pairs(vectors: Vectors, threshold: float, threads: int = 2) -> np.ndarray:
    return all_pairs(vectors.full_text, Criterion.cosine(threshold, len(vectors)), threads=threads)[0].ends


@settings(max_examples=20)
@given(st.integers(2, 1500), st.integers(0, 100), st.floats(0.1, 0.5))
def test_neighbours_and_pairs_are_those_of_the_full_product(count: int, seed: int, threshold: float) -> None:
    vectors = random_vectors(count, seed, 16)
    found, pairs = neighbours(vectors), near_pairs(vectors, threshold)
    full_text = vectors.full_text[:].astype(np.float64)
    product = np.round(full_text @ full_text.T, 6)
    expected = np.argwhere(np.triu(product >= round(threshold, 6), 1))
    assert (pairs == expected).all()
    np.fill_diagonal(product, -2)
    k = min(NEIGHBOURS, count - 1)
    assert np.allclose(np.sort(product, axis=1)[:, ::-1][:, :k], found.cosines[:, :k], atol=1e-6)


@settings(max_examples=20)
@given(st.integers(2, 900), st.integers(0, 100), st.sampled_from([0.5, 0.7, 0.84, 0.9, 0.97, 1.0]))
def test_no_pair_is_lost_to_the_bound_among_texts_and_their_copies(count: int, seed: int, threshold: float) -> None:
    frame = views(count, seed)
    vectors = encoded(pl.concat([frame, frame[: count // 5], views(2).with_columns(prompt=pl.lit(""))]))
    full_text = vectors.full_text[:].astype(np.float64)
    cosines = np.round(np.stack([full_text @ row for row in full_text]), 6)
    clear = np.abs(cosines - threshold) > 2e-6  # another order of sums may round to the next millionth
    found = np.zeros_like(clear)
    found[tuple(near_pairs(vectors, threshold).T)] = True
    assert (found == np.triu(cosines >= threshold, 1))[clear].all()


def test_threads_do_not_change_what_is_found() -> None:
    vectors = encoded(views(1300))
    one, two = (neighbours(vectors, threads=threads).positions for threads in (1, 3))
    assert (one == two).all()
    first, second = (near_pairs(vectors, 0.9, threads=threads) for threads in (1, 3))
    assert len(first)
    assert (first == second).all()


def test_a_large_set_of_copies_or_of_nothing_has_neighbours_too() -> None:
    frame = pl.concat([views(40), *[views(40)[:2]] * 30, pl.DataFrame([("", "", 0)], views(1).schema, orient="row")])
    vectors = encoded(frame)
    every, found = neighbours(vectors), neighbours(vectors, exact_up_to=50)
    firsts = np.arange(40)
    assert (found.positions[firsts, :5] < 40).all()
    assert found.positions[42, :4].tolist() == [0, *found.positions[0, :3]]
    assert (found.positions[100] == -1).all()
    assert (found.cosines[firsts, 0] <= every.cosines[firsts, 0]).all()
    nothing = neighbours(Vectors(np.zeros((60, 2, 8), np.float16)), exact_up_to=50)
    assert (nothing.positions == -1).all()


def test_what_is_just_below_the_threshold_takes_no_room_from_pairs() -> None:
    def at(cosine: float, direction: int) -> np.ndarray:
        return cosine * np.eye(16)[0] + np.sqrt(1 - cosine**2) * np.eye(16)[direction]

    just_below, near = [at(0.8999, 1 + number) for number in range(6)], [at(0.95, 7 + number) for number in range(3)]
    full_text = np.stack([*just_below, *near, np.eye(16)[0]])
    vectors = Vectors(np.repeat(full_text[:, None], 2, axis=1).astype(np.float16))
    found, _ = all_pairs(vectors.full_text, replace(Criterion.cosine(0.9, 10), most=3))
    assert found.ends[found.ends[:, 1] == 9, 0].tolist() == [6, 7, 8]


def test_the_search_of_large_sets_tells_its_recall() -> None:
    vectors = encoded(views(2000))
    found, again = (neighbours(vectors, exact_up_to=1000, threads=threads) for threads in (2, 3))
    assert found.recall > 0.9
    assert (found.positions == again.positions).all()


def test_cells_for_very_large_sets_find_nearly_every_pair_and_tell_what_share() -> None:
    vectors = encoded(views(2000))
    every, criterion = near_pairs(vectors, 0.95), Criterion.cosine(0.95, 2000)
    (some, note), (again, _) = (
        all_pairs(vectors.full_text, criterion, exact_up_to=1000, threads=threads) for threads in (1, 3)
    )
    assert (some.ends == again.ends).all()
    known = {*map(tuple, some.ends.tolist())}
    assert known <= {*map(tuple, every.tolist())}
    assert len(known) > 0.9 * len(every) > 0
    said = re.search(r"(\d+) true pairs of 500 examples (\d+) were found", note.replace(",", ""))
    true, found = map(int, said.groups())
    assert 0.9 * true < found <= true


def test_a_list_of_too_many_is_cut_the_same_way_for_any_threads_and_says_so() -> None:
    vectors = encoded(views(900))
    every = near_pairs(vectors, 0.8)
    criterion = replace(Criterion.cosine(0.8, 900), most=5)
    (some, note), (again, _) = (all_pairs(vectors.full_text, criterion, threads=threads) for threads in (1, 3))
    assert (some.ends == again.ends).all()
    is_cut, listed = np.isin(every[:, 1], some.cut), np.bincount(some.ends[:, 1])
    assert listed.max() == 5
    assert {*map(tuple, every[~is_cut].tolist())} <= {*map(tuple, some.ends.tolist())} < {*map(tuple, every.tolist())}
    assert set(np.flatnonzero(np.bincount(every[:, 1]) > 5)) <= set(some.cut.tolist())
    assert f"Of {len(some.cut):,} examples with very many like them, not all pairs are listed." in note


def test_copies_are_pairs_with_the_first_of_them_alone() -> None:
    frame = pl.concat([views(300), *[views(300)[:3]] * 400])
    vectors, numbers = encoded(frame), words_of(frame).numbers
    pairs, _ = semantic_pairs(vectors, numbers, 0.9)
    once, _ = semantic_pairs(Vectors(vectors.parts[:300]), numbers[:300], 0.9)
    copies = pairs.filter(pl.col("right") >= 300)
    assert pairs.filter(pl.col("right") < 300).equals(once)
    assert len(copies) == 1200
    assert set(copies["relation"]) == {"copy"}
    assert frame["prompt"][copies["left"].to_list()].to_list() == frame["prompt"][copies["right"].to_list()].to_list()


def test_the_same_in_another_context_is_no_pair() -> None:
    frame = pl.concat([views(60), views(60).with_columns(context=pl.lit(1, pl.UInt64))])
    pairs, _ = semantic_pairs(encoded(frame), words_of(frame).numbers, 0.9)
    assert ((pairs["left"] < 60) == (pairs["right"] < 60)).all()
    once, _ = semantic_pairs(encoded(views(60)), words_of(views(60)).numbers, 0.9)
    assert pairs.filter(pl.col("right") < 60).equals(once)


def test_texts_in_an_unknown_script_do_not_all_say_the_same() -> None:
    runes = [("ᚠᚢᚦ ᚨᚱᚲ", "ᚷᚹ", 0), ("ᚺᚾᛁ", "ᚠᚢᚦ ᛟ", 0), ("ᚠᚢᚦ ᚨᚱᚲ", "ᚷᚹ", 0)]
    frame = pl.DataFrame(runes, views(1).schema, orient="row")
    pairs, _ = semantic_pairs(encoded(frame), words_of(frame).numbers, 0.9)
    assert pairs.rows() == []


@settings(max_examples=60)
@given(st.data())
def test_the_best_ranked_of_copies_stands_for_all_of_them(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 9))
    copies_of = data.draw(st.lists(st.integers(0, count - 1), max_size=8))
    first = [*range(count), *copies_of]
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    near = data.draw(st.lists(ends, unique=True))
    rank = np.array(data.draw(st.permutations(range(len(first)))))
    is_out = np.array(data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first))))
    copies = [(left, count + at) for at, left in enumerate(copies_of)]
    pairs = pl.DataFrame(
        [(*pair, "semantic", 0.9) for pair in near] + [(*pair, "copy", 1.0) for pair in copies],
        schema={"left": pl.UInt32, "right": pl.UInt32, "relation": pl.String, "similarity": pl.Float32},
        orient="row",
    )
    alike = {(min(pair), max(pair)) for pair in near} | {(at, at) for at in range(count)}
    every = [
        (a, b)
        for a in range(len(first))
        for b in range(a + 1, len(first))
        if (min(first[a], first[b]), max(first[a], first[b])) in alike and not is_out[a] and not is_out[b]
    ]
    order = np.argsort(rank)
    expected = keepers(order, np.array(every, dtype=np.int64).reshape(-1, 2))
    stand = stands(pairs, rank, is_out)
    found = between_stands(pairs, stand).select("left", "right").to_numpy()
    keeper = keepers(order, found[~is_out[found].any(axis=1)])[stand]
    assert np.where(is_out, np.arange(len(first)), keeper).tolist() == expected.tolist()


def test_the_nearest_of_some_are_those_of_all() -> None:
    vectors = encoded(views(300))
    some, every = np.array([7, 299, 0]), neighbours(vectors)
    positions, cosines = neighbours_of_some(vectors.full_text, some, 5)
    assert (positions == every.positions[some, :5]).all()
    assert (cosines == every.cosines[some, :5]).all()


def test_nobody_is_dropped_for_a_keeper_it_does_not_resemble() -> None:
    # 0 - 1 - 2: a chain. 0 keeps 1; 2 resembles only 1 and stays.
    assert keepers(np.arange(3), np.array([[0, 1], [1, 2]])).tolist() == [0, 0, 2]
    assert keepers(np.array([1, 0, 2]), np.array([[0, 1], [1, 2]])).tolist() == [1, 1, 1]


def test_a_paraphrase_is_reported_with_its_keeper() -> None:
    frame = views(120)
    again = pl.DataFrame(
        {
            "prompt": ["What is the way to cook a stew for nine people?", "How do I cook a stew for nine people?"],
            "answer": ["Heat oil, add the stew ingredients, simmer.", "Heat the oil, add stew ingredients and simmer."],
        }
    ).with_columns(context=pl.lit(0, pl.UInt64))
    vectors = encoded(pl.concat([again, frame]))
    pairs, _ = semantic_pairs(vectors, words_of(pl.concat([again, frame])).numbers, 0.85)
    keeper = keepers(np.arange(len(vectors)), pairs.select("left", "right").to_numpy())
    reported = semantic_duplicate_findings(pairs, keeper, np.arange(len(vectors))).filter(row=1)
    assert reported["keeper"].to_list() == [0]
    assert reported["score"][0] == pairs.filter(left=0, right=1)["similarity"][0]


def test_foreign_text_stands_alone_and_the_finding_says_why() -> None:
    frame = pl.concat(
        [views(400), pl.DataFrame([(FOREIGN, "Quelle belle journée, mes amis !", 0)], views(1).schema, orient="row")]
    )
    vectors = encoded(frame)
    about = titled(topics(vectors), texts(frame))
    judged = outliers(vectors)
    assert judged.flagged[0] == 400
    assert judged.score[400] == np.nanmax(judged.score)
    near = neighbours_of_some(vectors.full_text, judged.flagged, 5)
    message = outlier_findings(judged, *near, 0.9, about, texts(frame))["message"][0]
    assert "words occur in no typical example" in message
    assert "kind" not in message


def test_foreign_texts_that_resemble_one_another_are_said_to() -> None:
    foreign = pl.DataFrame([(f"{FOREIGN} {word}", FOREIGN, 0) for word in TOWNS[:4]], views(1).schema, orient="row")
    frame = pl.concat([views(400), foreign])
    vectors = encoded(frame)
    judged = outliers(vectors, surprisal(words_of(frame)))
    near, about = neighbours_of_some(vectors.full_text, judged.flagged, 5), titled(topics(vectors), texts(frame))
    found = outlier_findings(judged, *near, 0.9, about, texts(frame))
    said = found.filter(pl.col("row") >= 400)["message"]
    assert len(said) == 4
    assert said.str.ends_with(" 3 others are of its kind.").all()
    assert not said.str.contains("cosine 1.00").any()


def test_noise_without_structure_has_no_outliers() -> None:
    assert len(outliers(random_vectors(2000)).flagged) <= 20


def test_clean_sets_have_few_outliers_though_they_are_small_and_made_of_four_templates() -> None:
    shares = []
    for count in (100, 150, 250, 400, 700):
        for seed in range(4):
            frame = views(count, seed)
            shares.append(len(outliers(encoded(frame), surprisal(words_of(frame))).flagged) / count)
    assert max(shares) <= 0.05
    assert sum(shares) <= 0.015 * len(shares)


@settings(max_examples=10)
@given(st.integers(100, 500), st.integers(0, 100), st.integers(2, 5))
def test_copies_are_judged_as_one(count: int, seed: int, times: int) -> None:
    frame = pl.concat([views(count, seed), pl.DataFrame([(FOREIGN, FOREIGN, 0)], views(1).schema, orient="row")])
    once, often = (outliers(encoded(pl.concat([frame] * copies))) for copies in (1, times))
    assert np.array_equal(once.score, often.score[: len(frame)], equal_nan=True)
    assert set(often.flagged.tolist()) == {at + copy * len(frame) for at in once.flagged for copy in range(times)}


@settings(max_examples=15)
@given(st.integers(200, 700), st.integers(0, 100), st.floats(0.01, 0.1))
def test_noise_is_found_in_a_set_of_templates(count: int, seed: int, share: float) -> None:
    planted = max(1, min(10, int(share * count)))  # more that are alike are a class of the set
    draw = random.Random(seed)
    noise = [["".join(draw.choices(string.ascii_letters + "   ", k=200)) for _ in range(2)] for _ in range(planted)]
    noisy = pl.DataFrame([(*texts, 0) for texts in noise], views(1).schema, orient="row")
    frame = pl.concat([views(count, seed), noisy])
    flagged = outliers(encoded(frame), surprisal(words_of(frame))).flagged
    assert set(range(count, count + planted)) <= set(flagged.tolist())


def test_where_all_prompts_are_one_the_answers_decide() -> None:
    frame = views(300).with_columns(prompt=pl.lit("Write something."))
    frame = pl.concat([frame, pl.DataFrame([("Write something.", FOREIGN, 0)], views(1).schema, orient="row")])
    flagged = outliers(encoded(frame), surprisal(words_of(frame))).flagged
    assert flagged.tolist()[:1] == [300]
    assert len(flagged) <= 4


def test_topics_are_named_by_their_own_words() -> None:
    frame = views(400)
    about = titled(topics(encoded(frame), 4), texts(frame))
    titles = " ".join(topic.title for topic in about.topics)
    assert all(word in titles for word in ("cook", "leaves", "crash", "garden"))
    assert sum(topic.size for topic in about.topics) == 400


def test_a_title_has_no_word_twice_and_no_address_and_no_two_are_the_same() -> None:
    vectors = Vectors(np.repeat(np.eye(4)[:2], 20, axis=0).astype(np.float16)[:, None].repeat(2, axis=1))
    said = "the cats and a cat were there, they're playing as players play at https://example.com/cats"
    about = titled(topics(vectors, 2), dict.fromkeys(range(40), said))
    words = [topic.title.split(" · ") for topic in about.topics]
    assert sorted(words[0]) == ["cats", "players"] or len(words[0]) == 2
    assert not {"the", "they're", "there", "example", "com", "https"} & {word for title in words for word in title}


def test_two_topics_of_one_template_are_told_apart() -> None:
    vectors = Vectors(np.repeat(np.eye(4)[:2], 20, axis=0).astype(np.float16)[:, None].repeat(2, axis=1))
    template = "You may use the calculator tool whenever an answer depends on numbers."
    said = {at: f"{template} {('Find a derivative', 'Convert euros')[at // 20]}" for at in range(40)}
    titles = [topic.title for topic in titled(topics(vectors, 2), said).topics]
    assert any(title.startswith(("derivative", "find")) for title in titles)
    assert any(title.startswith(("convert", "euros")) for title in titles)


def test_a_language_without_spaces_is_named_by_pairs_of_characters() -> None:
    vectors = Vectors(np.repeat(np.eye(4)[:2], 20, axis=0).astype(np.float16)[:, None].repeat(2, axis=1))
    said = {at: ("我喜欢学习机器", "今天天气很好")[at // 20] for at in range(40)}
    titles = {topic.title for topic in titled(topics(vectors, 2), said).topics}
    assert all(len(word) == 2 for title in titles for word in title.split(" · "))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Which rule does my router need?", "it says 'Which', 'rule' and 'router', which no typical example does"),
        ("Wo bleibt das Paket, das ich letzte Woche bestellt habe?", "its language looks like 'de', not 'en'"),
        ("Как испечь хлеб без дрожжей дома?", "it is written in Cyrillic script"),
        ("0x4f 0x11 {[(<>)]} ;;;; ==== 0x88 &&&&", "of its characters are digits and marks"),
        ("how do I bake bread? " * 20, "it has 80 words where"),
    ],
)
def test_the_reason_is_told_in_words(text: str, said: str) -> None:
    normal = usual(["How do I bake bread, and what does my dough need?"] * 10)
    assert said in reasons(text, normal)


def test_a_reason_never_tells_what_other_checks_mask() -> None:
    normal = usual(["How do I bake bread?"] * 10)
    reported = reasons(
        "Write to jane.doe@example.org, key AKIAIOSFODNN7EXAMPLE, https://secret.host/path, 12b34c", normal
    )
    assert not any(part in reported for part in ("jane", "doe", "example.org", "AKIA", "secret", "path"))


def test_a_thin_topic_says_what_to_add() -> None:
    sizes, draw = (100, 100, 100, 5), np.random.default_rng(0)
    parts = np.repeat(np.eye(16)[:4], sizes, axis=0) + draw.normal(0, 0.03, (305, 16))
    about = topics(Vectors(np.stack([parts, parts], axis=1).astype(np.float16)), 4)
    about = titled(about, {at: "garden tomatoes beans" for at in range(300, 305)})
    thin = topic_findings(about).filter(check="thin-topic")
    assert len(thin) == 1
    assert "beans · garden · tomatoes' has 5 examples where a topic has 76" in thin["message"][0]
    assert set(thin["related"][0]) == set(range(300, 305))


@pytest.mark.parametrize("work", [layout, lambda vectors: topics(vectors).label])
def test_the_same_vectors_give_the_same_result(work: object) -> None:
    vectors = encoded(views(300))
    assert (work(vectors) == work(Vectors(vectors.parts.copy()))).all()


def test_the_map_lies_within_its_frame() -> None:
    locations = layout(encoded(views(100)))
    assert locations.shape == (100, 2)
    assert locations.min() == 0
    assert locations.max() == 1


def test_search_finds_what_is_asked_in_other_words() -> None:
    frame = views(200)
    positions, cosines = similar(encoded(frame), query_vector("railway journey", default_encoder()), 5)
    assert frame["prompt"][positions.tolist()].str.contains("train").all()
    assert (np.diff(cosines) <= 0).all()


def test_an_example_is_not_similar_to_itself() -> None:
    assert 7 not in similar(encoded(views(50)), 7, 49)[0]


def test_a_diverse_subset_covers_more_than_chance() -> None:
    vectors = encoded(views(600))
    near = neighbours(vectors)
    subset = measured_subset(
        vectors, diverse_order(vectors, near.positions, near.cosines, 20), np.flatnonzero(vectors.with_text)
    )
    assert len(set(subset.chosen.tolist())) == 20
    assert subset.coverage > subset.coverage_random
