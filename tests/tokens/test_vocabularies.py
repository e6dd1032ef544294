"""Counts without a download are the counts of the downloaded vocabulary."""

import base64
import hashlib
import sys

import pytest
import splintr
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken_ext import openai_public

from curator.errors import MissingDependency
from curator.tokens import vocabularies
from curator.tokens.named import TOKENIZERS
from curator.tokens.vocabularies import openai_encoding, splintr_vocabulary, text_counter, token_bytes
from tests.tokens.texts import TEXTS

OPENAI = ("o200k_base", "cl100k_base")
EACH = pytest.mark.parametrize("name", OPENAI)


def definition(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[dict, str]:
    """What tiktoken says of an encoding, with our ranks for the download; and the hash it asks of the download."""
    asked = []

    def load(_url: str, expected_hash: str) -> dict[bytes, int]:
        asked.append(expected_hash)
        return token_bytes(name)

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", load)
    return getattr(openai_public, name)(), asked[0]


@EACH
def test_the_vocabulary_has_the_hash_that_tiktoken_demands_of_its_download(name, monkeypatch):
    _, wanted = definition(name, monkeypatch)
    edits = b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in token_bytes(name).items())
    assert hashlib.sha256(edits).hexdigest() == wanted


@EACH
def test_our_encoding_counts_what_tiktokens_own_definition_counts(name, monkeypatch):
    theirs = tiktoken.Encoding(**definition(name, monkeypatch)[0])
    ours = openai_encoding(name)
    for text in TEXTS:
        assert ours.encode_ordinary(text) == theirs.encode_ordinary(text)


@EACH
def test_splintr_and_tiktoken_agree_on_many_scripts(name):
    for text in TEXTS:
        assert splintr_vocabulary(name).encode_ordinary(text) == openai_encoding(name).encode_ordinary(text)


@EACH
@settings(max_examples=100)
@given(text=st.text(max_size=60))
def test_splintr_and_tiktoken_agree_on_any_text(name, text):
    assert splintr_vocabulary(name).encode_ordinary(text) == openai_encoding(name).encode_ordinary(text)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda tokenizer: tokenizer.name)
def test_special_tokens_in_a_text_are_ordinary_text(tokenizer):
    markers = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "[INST]", "</s>", "<bos>"]
    special = splintr_vocabulary(tokenizer.vocabulary).special_tokens()
    its_own = [marker for marker in markers if marker in special]
    assert its_own
    assert all(count > 1 for count in text_counter(tokenizer)(its_own))


@settings(max_examples=60)
@given(parts=st.lists(st.sampled_from(["<b>", "</div>", "<", "div>", " ", "\n", "a", "é", "字", "<h1"]), max_size=12))
def test_tags_that_a_vocabulary_keeps_whole_are_one_token(parts):
    text = "".join(parts)
    gemma = next(tokenizer for tokenizer in TOKENIZERS if tokenizer.name == "gemma3")
    assert text_counter(gemma)([text]) == [len(splintr_vocabulary("gemma3").encode(text))]


def test_a_text_of_nothing_but_space_is_counted_although_tiktoken_cannot():
    count = text_counter(TOKENIZERS[0])
    blank, shorter = " " * 1_000_000, " " * 90_000
    assert count([shorter]) == [len(splintr.Tokenizer.from_pretrained("o200k_base").encode_ordinary(shorter))]
    assert count([blank]) == [len(splintr.Tokenizer.from_pretrained("o200k_base").encode_ordinary(blank))]


def test_a_missing_package_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "splintr", None)
    with pytest.raises(MissingDependency, match="pip install splintr-rs"):
        vocabularies.splintr_vocabulary.__wrapped__("o200k_base")


def test_a_vocabulary_that_the_package_lacks_is_named():
    with pytest.raises(MissingDependency, match="does not carry the vocabulary 'no_such_vocabulary'"):
        splintr_vocabulary("no_such_vocabulary")
