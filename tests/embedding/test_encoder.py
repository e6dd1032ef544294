import subprocess
import sys
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.embedding.encoders.encoder import MODEL_FOLDER, encode_views, encoder_named
from curator.embedding.encoders.static import default_encoder
from curator.embedding.vectors import Vectors
from curator.errors import MissingDependency, UnreadableInput
from tests.embedding.examples import encoded, views

SPOKEN = [
    "How do I bake bread?",
    "  ÜBER naïve café — “quotes” … 中文字 ひらがな مرحبا हिन्दी \u200b\ufeff",
    "x" * 300,
    "[CLS] spelled out [SEP] [UNK] [MASK]",
    "```python\nprint('a' + \"b\")\n```\t\r\n",
    "🤖👍🏽 10,000.50€ a_b@c.de",
    "\x00\x07 control",
    "",
]


def theirs() -> object:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(MODEL_FOLDER / "tokenizer.json"))


def their_ids(texts: list[str]) -> list[list[int]]:
    return [one.ids for one in theirs().encode_batch(texts, add_special_tokens=False)]


def our_ids(texts: list[str]) -> list[list[int]]:
    ids, begins = default_encoder().tokens(texts)
    return [ids[a:b].tolist() for a, b in pairwise(begins)]


@cache
def newer_marks() -> frozenset[str]:
    """Marks and format characters that the older tables of tokenizers do not know as such; splintr leaves them out."""
    marks = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Cf")]
    pairs = zip(marks, our_ids(marks), their_ids(marks), strict=True)
    return frozenset(mark for mark, ours, other in pairs if ours != other)


# tokenizers does not know U+2B820 to U+2B91F as Han (a slip in its table: 2B920 for 2B820); splintr does.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cn"]).filter(
    lambda character: not 0x2B820 <= ord(character) < 0x2B920 and character not in newer_marks()
)


@settings(max_examples=100)
@given(st.lists(st.text(CHARACTERS, max_size=60), min_size=1, max_size=5))
def test_tokens_are_those_of_tokenizers(texts: list[str]) -> None:
    assert our_ids(texts + SPOKEN) == their_ids(texts + SPOKEN)


def test_few_characters_are_read_in_another_way_than_tokenizers_reads_them() -> None:
    assert len(newer_marks()) < 500
    assert not any(mark in newer_marks() for mark in "\u0301\u093f\u0e34\u064b\u200d")  # of scripts that people chat in


def test_sentence_transformers_loads_the_same_model_and_gives_the_same_vectors() -> None:
    from sentence_transformers import SentenceTransformer

    spoken = [text for text in SPOKEN if text]
    model = SentenceTransformer(str(MODEL_FOLDER), device="cpu", local_files_only=True)
    expected = model.float().encode(spoken, normalize_embeddings=True)
    assert np.allclose(default_encoder().encode(spoken), expected, atol=1e-5)


def test_a_vector_depends_on_its_text_alone() -> None:
    texts = views(64)["prompt"].to_list()
    together = default_encoder().encode(texts)
    alone = np.concatenate([default_encoder().encode([text]) for text in texts])
    assert (together == alone).all()


def test_a_paraphrase_is_nearer_than_another_question() -> None:
    ours, same, other = default_encoder().encode(
        ["How can I cook rice?", "What is the way to prepare rice?", "When does the train leave?"]
    )
    assert ours @ same > 0.6 > 0.4 > ours @ other


def test_an_audit_without_another_model_loads_no_torch() -> None:
    program = (
        "import sys; from curator.embedding.encoders.encoder import encoder_named; encoder_named().encode(['a']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_packaged_model_is_at_most_sixteen_megabytes() -> None:
    assert sum(path.stat().st_size for path in MODEL_FOLDER.iterdir()) <= 16_000_000


def test_a_model_that_is_not_here_is_a_sentence_that_says_how_to_get_it() -> None:
    with pytest.raises(MissingDependency, match=r"not on this machine.*--allow-download"):
        encoder_named("nobody/no-such-model", device="cpu").encode(["a"])


def test_blank_texts_have_no_vector_and_the_whole_is_then_the_answer() -> None:
    frame = views(2).with_columns(prompt=views(2)["prompt"].str.slice(0, 0))
    vectors = encoded(frame)
    assert not vectors.prompt.any()
    assert np.allclose(vectors.full_text[:], vectors.answer, atol=1e-3)


def test_vectors_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    vectors = encode_views(views(10), encoder_named())
    vectors.save(tmp_path / "entry.unfinished")
    assert (Vectors.load(tmp_path / "entry.unfinished").parts == vectors.parts).all()


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "entry").write_bytes(b"\x93NUMPY broken")
    with pytest.raises(UnreadableInput, match="damaged"):
        Vectors.load(tmp_path / "entry")
