import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.embedding.duplicates import keepers, semantic_pairs
from curator.embedding.finding import outlier_findings, semantic_duplicate_findings, topic_findings
from curator.embedding.layout import layout
from curator.embedding.neighbours import NEIGHBOURS, neighbours
from curator.embedding.outliers import outliers
from curator.embedding.search import diverse_subset, query_vector, similar
from curator.embedding.static import default_encoder
from curator.embedding.topics import titled, topics
from curator.embedding.vectors import Vectors
from tests.embedding.examples import FOREIGN, encoded, texts, views


def random_vectors(count: int, seed: int = 0, dimensions: int = 64) -> Vectors:
    parts = np.random.default_rng(seed).normal(size=(count, 2, dimensions))
    return Vectors((parts / np.linalg.norm(parts, axis=2, keepdims=True)).astype(np.float16))


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 1500), st.integers(0, 100), st.floats(0.1, 0.5))
def test_neighbours_and_pairs_are_those_of_the_full_product(count: int, seed: int, threshold: float) -> None:
    vectors = random_vectors(count, seed, 16)
    found = neighbours(vectors, threshold).similar
    whole = vectors.whole().astype(np.float64)
    product = np.round(whole @ whole.T, 6)
    expected = np.argwhere(np.triu(product >= round(threshold, 6), 1))
    assert (found.pairs == expected).all()
    np.fill_diagonal(product, -2)
    k = min(NEIGHBOURS, count - 1)
    assert np.allclose(np.sort(product, axis=1)[:, ::-1][:, :k], found.cosines[:, :k], atol=1e-6)


def test_threads_do_not_change_what_is_found() -> None:
    vectors = encoded(views(1300))
    one, two = (neighbours(vectors, 0.9, threads=threads).similar for threads in (1, 3))
    assert (one.positions == two.positions).all()
    assert (one.pairs == two.pairs).all()


def test_the_index_for_large_sets_tells_its_recall() -> None:
    found = neighbours(encoded(views(2000)), 0.9, exact_up_to=1000)
    assert found.recall > 0.9
    assert f"{found.recall:.1%}" in found.note


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
    )
    vectors = encoded(pl.concat([again, frame]))
    pairs = semantic_pairs(neighbours(vectors, 0.85).similar, vectors)
    keeper = keepers(np.arange(len(vectors)), pairs.select("left", "right").to_numpy())
    told = semantic_duplicate_findings(pairs, keeper).filter(row=1)
    assert told["keeper"].to_list() == [0]
    assert told["score"][0] == pairs.filter(left=0, right=1)["similarity"][0]


def test_foreign_text_stands_alone_and_the_finding_says_why() -> None:
    frame = pl.concat([views(400), pl.DataFrame({"prompt": [FOREIGN], "answer": ["Quelle belle journée, mes amis !"]})])
    vectors = encoded(frame)
    found = neighbours(vectors, 0.95)
    about = titled(topics(vectors), texts(frame))
    judged = outliers(vectors)
    assert judged.flagged[0] == 400
    assert judged.score[400] == np.nanmax(judged.score)
    message = outlier_findings(judged, found, about, texts(frame))["message"][0]
    assert "words occur in no typical example" in message


def test_noise_without_structure_has_no_outliers() -> None:
    assert len(outliers(random_vectors(2000)).flagged) <= 20


def test_topics_are_named_by_their_own_words() -> None:
    frame = views(400)
    about = titled(topics(encoded(frame), 4), texts(frame))
    titles = " ".join(topic.title for topic in about.topics)
    assert all(word in titles for word in ("cook", "leaves", "crash", "garden"))
    assert sum(topic.size for topic in about.topics) == 400


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
    places = layout(encoded(views(100)))
    assert places.shape == (100, 2)
    assert places.min() == 0
    assert places.max() == 1


def test_search_finds_what_is_asked_in_other_words() -> None:
    frame = views(200)
    positions, cosines = similar(encoded(frame), query_vector("railway journey", default_encoder()), 5)
    assert frame["prompt"][positions.tolist()].str.contains("train").all()
    assert (np.diff(cosines) <= 0).all()


def test_an_example_is_not_similar_to_itself() -> None:
    assert 7 not in similar(encoded(views(50)), 7, 49)[0]


def test_a_diverse_subset_covers_more_than_chance() -> None:
    vectors = encoded(views(600))
    near = neighbours(vectors, 0.9).similar
    subset = diverse_subset(vectors, near.positions, near.cosines, 20)
    assert len(set(subset.chosen.tolist())) == 20
    assert subset.coverage > subset.coverage_random
