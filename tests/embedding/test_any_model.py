"""Any sentence-transformers model serves as an encoder; nothing that is found hangs on batches or threads."""

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from curator.audit.meaning.meaning import find_meaning
from curator.audit.open_data import open_data
from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.encoders.subwords import Subwords, joined_words, words_of
from curator.embedding.neighbors.nearest import all_pairs, neighbours
from curator.embedding.neighbors.pairs import Criterion
from curator.embedding.outliers.detection import outliers, surprisal
from curator.embedding.topics.assignment import topics
from curator.embedding.vectors import Vectors, save_joined
from curator.settings.request import DataRequest
from tests.audit.run import chat, write
from tests.embedding.examples import FOREIGN, views


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder with a tiny BERT of random weights, as sentence-transformers saves one."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    letters = [chr(code) for code in range(97, 123)] + list("0123456789?.,;:")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(vocabulary), **sizes)).save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[words, Pooling(32)], device="cpu").save(str(folder / "whole"))
    return folder / "whole"


def test_a_folder_serves_as_encoder(model):
    encoder = encoder_named(str(model), device="cpu")
    vectors = encode_views(views(20), encoder)
    assert encoder.dimensions == 32
    assert np.allclose(np.linalg.norm(vectors.prompt.astype(np.float32), axis=1), 1, atol=1e-2)


def test_batches_and_threads_change_a_models_vectors_by_rounding_alone(model, monkeypatch):
    import torch

    encoder, texts = encoder_named(str(model), device="cpu"), views(70)["prompt"].to_list()
    expected, threads = encoder.encode(texts), torch.get_num_threads()
    for batch, count in ((1, 1), (7, 2), (64, 1)):
        monkeypatch.setattr("curator.embedding.encoders.transformer._BATCH", batch)
        torch.set_num_threads(count)
        assert ((encoder.encode(texts) * expected).sum(axis=1) > 0.995).all()
    torch.set_num_threads(threads)


def test_another_model_in_the_same_folder_has_another_key(model):
    first = encoder_named(str(model), device="cpu").key
    configuration = model / "config.json"
    weights = next(model.rglob("*.safetensors"))
    assert json.loads(configuration.read_text("utf-8"))
    weights.touch()
    assert encoder_named(str(model), device="cpu").key != first


def test_where_everything_is_known_the_model_is_not_loaded(model, tmp_path):
    write(tmp_path / "set.jsonl", [chat(*row) for row in views(30).select("prompt", "answer").iter_rows()])
    with open_data(DataRequest((str(tmp_path / "set.jsonl"),), embedder="none")) as opened:
        loaded, cache = opened.audited(lambda *_: None).loaded, opened.project.cache
        first, second = (encoder_named(str(model), device="cpu") for _ in range(2))
        vectors = [find_meaning(loaded, cache, encoder, "pca", lambda *_: None).examples for encoder in (first, second)]
    assert vectors[0].equals(vectors[1], null_equal=True)
    assert "model" in vars(first)
    assert "model" not in vars(second)


@settings(max_examples=6)
@given(st.lists(st.integers(1, 259), min_size=0, max_size=4, unique=True), st.integers(1, 3))
def test_what_is_found_is_the_same_for_any_blocks_and_threads(tmp_path_factory, cuts, threads):
    frame = views(260).with_columns(prompt=views(260)["prompt"].replace(views(260)["prompt"][7], FOREIGN))
    edges = [0, *sorted(cuts), len(frame)]
    blocks = [frame[start:end] for start, end in pairwise(edges)]
    with threadpool_limits(threads):
        place = tmp_path_factory.mktemp("joined") / "vectors"
        save_joined((encode_views(block, encoder_named()) for block in blocks), len(frame), place)
        vectors = Vectors.load(place)
        rare = surprisal(joined_words([words_of(block) for block in blocks]))
        found = outliers(vectors, rare), topics(vectors), neighbours(vectors, threads=threads)
        pairs, _ = all_pairs(vectors.full_text, Criterion.cosine(0.9, len(frame)), threads=threads)
    at_once = encode_views(frame, encoder_named())
    assert (vectors.parts == at_once.parts).all()
    assert np.array_equal(rare, surprisal(words_of(frame)), equal_nan=True)
    expected = outliers(at_once, rare), topics(at_once), neighbours(at_once)
    assert found[0].flagged.tolist() == expected[0].flagged.tolist()
    assert (found[1].label == expected[1].label).all()
    assert (pairs.ends == all_pairs(at_once.full_text, Criterion.cosine(0.9, len(frame)))[0].ends).all()
    assert (found[2].positions == expected[2].positions).all()


def test_rare_words_are_rare_and_a_text_without_words_is_neither():
    frame = views(200)
    prompts = [*frame["prompt"][:-2], FOREIGN, ""]
    rare = surprisal(words_of(frame.with_columns(pl.Series("prompt", prompts))))
    assert np.nanargmax(rare[:, 0]) == 198
    assert np.isnan(rare[199, 0])


def test_words_are_taken_by_example(tmp_path):
    words_of(views(30)).save(tmp_path / "words")
    again = Subwords.load(tmp_path / "words")
    some = again.at(np.array([4, 0, 29]))
    expected = joined_words([words_of(views(30)[at : at + 1]) for at in (4, 0, 29)])
    assert (some.subwords == expected.subwords).all()
    assert (some.numbers == expected.numbers).all()
    assert (some.ends == expected.ends).all()


def test_a_set_without_examples_has_no_outliers():
    assert len(outliers(Vectors(np.zeros((0, 2, 8), np.float16))).flagged) == 0
