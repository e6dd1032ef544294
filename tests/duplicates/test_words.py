"""Words and shingles mean exactly what the contract says, in every script."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.text.characters import Characters
from curator.duplicates.text.word_offsets import placed_words
from curator.duplicates.verify.jaccard import similarities
from curator.duplicates.verify.named_pairs import pair_features
from tests.duplicates import reference

SAMPLES = [
    "Plain words, with punctuation: x < 3; y_2 > 4.5!",
    "Straße ΣΊΣΥΦΟΣ ﬁligree Ⅷ ① ㎏ ﷺ ㌀ İstanbul",
    "cafe\u0301 café CAFÉ e\u0301\u0323 \u0301lonely",
    "我们今天去公园 and then 東京タワーに行きました。ｶﾞｷﾞ ガギ 々〇",
    "ภาษาไทยไม่มีการเว้นวรรค ນໍ້າ ភាសាខ្មែរ မြန်မာဘာသာ ๑๒๓",
    "हिन्दी में लिखा हुआ वाक्य बहुत अच्छा है",
    "한국어 각 ᄀᄀᆨ \u1100\u1161\u11a8 한글",
    "👩\u200d🔬 ❤\ufe0f 1\ufe0f\u20e3 🇫🇷 ok👍ok",
    "ΐ ῼ ŉ ǰ ﬃ \u0345 \u0344 \u1e9b\u0323",
    "",
    " \n\t",
    "...!?",
    "one two three four",
    "one two three four five",
    "C C++ C# F# c++11 a+b a + b +x x++ #1 x# ++ +# C+#+b 4+ _+ 中+ e\u0301+ हिन्दी+ é+ ＋ Ｃ＋＋ C＃",
    ".NET node.js 3.5 v1.b end.Next e.g. ...and wait...what a..b .. . .5x x.中 中.x .é é.é ．NET … …x C#.Net _.a 1.a",
    "3 + 4 * 5 - 2 / 1 < 6 > 7 = 8 % & | ~ ^ ` @ \\ $ € 🙂 → − -5 well-known **bold**",
]

texts = st.one_of(
    st.sampled_from(SAMPLES),
    st.text(max_size=60),
    st.lists(st.sampled_from([word for sample in SAMPLES for word in sample.split()]), max_size=14).map(" ".join),
)


def of_pair(left, right):
    """Word counts and similarities of two (prompt, answer) examples, from the compiled code."""
    corpus = assemble([block_features(reference.views([left, right]))])
    splits, _ = pair_features(corpus, np.empty(0, dtype=np.uint64))
    w, p, _, a = similarities(0, 1, splits)
    return corpus.words.tolist(), corpus.sizes.tolist(), (w, p, a)


@settings(max_examples=100)
@given(st.tuples(texts, texts), st.tuples(texts, texts))
def test_word_counts_set_sizes_and_similarities_are_those_of_the_plain_definition(left, right):
    counts, sizes, found = of_pair(left, right)
    for example, count, size in zip((left, right), counts, sizes, strict=True):
        assert count == [len(reference.words(part)) for part in example]
        sets = ["\n".join(example), *example]
        assert size == [len(reference.shingles(part)) for part in sets]
    expected = [
        reference.jaccard(reference.shingles(x), reference.shingles(y))
        for x, y in zip(("\n".join(left), *left), ("\n".join(right), *right), strict=True)
    ]
    assert list(found) == expected


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_script_is_cut_into_the_words_of_the_definition(sample):
    counts, _, _ = of_pair((sample, sample), ("", ""))
    assert counts[0] == [len(reference.words(sample))] * 2


PIECES = [*"aZ9_+#. .<-中é\u0301", "word", "C++", ".NET", "...", "x" * 61, " " * 59, "🙂", "…"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.lists(st.sampled_from(PIECES), max_size=6))
def test_symbols_and_what_joins_words_are_read_the_same_at_every_place(text, more):
    other = "".join(more) + text
    corpus = assemble([block_features(reference.views([(text, text), (other, other), ("z" * 200, "z" * 200)]))])
    assert corpus.words[:2, 0].tolist() == [len(reference.words(text)), len(reference.words(other))]
    same_prompt = corpus.equal_prompt[0] == corpus.equal_prompt[1]
    has_words = bool(reference.words(text) or reference.words(other))
    assert same_prompt == (
        reference.read(text) == reference.read(other) if has_words else text.strip() == other.strip()
    )
    assert (corpus.symbols[0] == corpus.symbols[1]) == (reference.symbols(text) == reference.symbols(other))
    assert [word.word for word in placed_words(text)[1]] == reference.words(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("What is 3 + 4?", "What is 3 * 4?"),
        ("Write it in C", "Write it in C++"),
        ("Write it in C#", "Write it in C++"),
        ("Is -5 more than 3?", "Is 5 more than -3?"),
        ("Is x < 3?", "Is x > 3?"),
        ("What is 50% of 80?", "What is 50 of 80?"),
        ("The mood of: see you 🙂", "The mood of: see you 😡"),
        ("¿Cuánto son $100?", "¿Cuánto son €100?"),
        ("用C++写", "用C写"),
        ("Use .NET", "Use NET"),
    ],
)
def test_prompts_with_other_symbols_are_different(left, right):
    corpus = assemble([block_features(reference.views([(left, "x"), (right, "x"), (f"{left.upper()} ...", "x")]))])
    assert corpus.equal_prompt[0] != corpus.equal_prompt[1]
    assert corpus.equal_prompt[0] == corpus.equal_prompt[2]


def test_letters_that_differ_only_in_form_are_the_same_word():
    _, _, found = of_pair(("ｃａｆé ① Ⅷ", "Straße"), ("CAFE\u0301 1 VIII", "STRASSE"))
    assert found == (1.0, 1.0, 1.0)


LONG = [
    *SAMPLES,
    "x" * 7,
    "y" * 8,
    "Z_9" * 3,
    "a" * 63,
    "b" * 64,
    "C" * 65,
    "d" * 200,
    " " * 70,
    "e" * 9 + "\u0301",
    "_",
    "4",
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(LONG), max_size=30), st.sampled_from(["", " ", "-"]))
def test_a_text_has_the_same_shingles_whatever_stands_beside_it(pieces, between):
    text = between.join(pieces)
    alone = block_features(reference.views([(text, text)]))  # its end is read character by character
    beside = block_features(reference.views([("before", "it"), (text, text), ("after" * 50, "it" * 200)]))
    low, high = beside.ends[1:3]
    assert np.array_equal(alone.shingles, beside.shingles[low:high])
    for name in ("words", "sizes", "equal_words", "equal_text", "numbers", "symbols", "equal_prompt", "bitmaps"):
        assert np.array_equal(getattr(alone, name)[0], getattr(beside, name)[1])
    assert np.array_equal(alone.bands[:, 0], beside.bands[:, 1])
    assert alone.words[0, 0] == len(reference.words(text))


def test_words_that_differ_in_one_character_are_different_wherever_it_stands():
    for length in (1, 7, 8, 9, 64, 65, 130):
        for at in {0, length // 2, length - 1}:
            for other in "_9\u00e9":
                word = "k" * length
                changed = word[:at] + other + word[at + 1 :]
                _, _, found = of_pair((f"{word} is what it says", word), (f"{changed} is what it says", changed))
                assert found == (0.0, 0.0, 0.0)


def test_code_points_of_every_plane_are_read_as_the_definition_does():
    planes = [chr(code) for code in range(0x80, 0x30000, 7) if not 0xD800 <= code < 0xE000]
    for at in range(0, len(planes), 4000):
        text = " ".join(planes[at : at + 4000])
        counts, _, _ = of_pair((text, "".join(planes[at : at + 4000])), ("", ""))
        assert counts[0] == [len(reference.words(text)), len(reference.words("".join(planes[at : at + 4000])))]


def test_what_was_learned_of_a_character_stays_where_another_thread_reads_it():
    characters = Characters()
    characters.learn([ord("ﬁ"), ord("Ⅷ")])
    kinds, actions, starts, sequences = (
        table.copy() for table in (characters.kinds, characters.actions, characters.starts, characters.sequences)
    )
    characters.learn([ord("Ⅷ"), ord("ﬁ"), ord("a")])
    for before, now in ((kinds, characters.kinds), (actions, characters.actions), (starts, characters.starts)):
        assert np.array_equal(before, now)
    assert np.array_equal(sequences, characters.sequences)


def test_a_text_of_ten_megabytes_is_read():
    text = "word after word " * 650_000
    counts, sizes, _ = of_pair((text, "x"), ("", ""))
    assert counts[0] == [1_950_000, 1]
    assert sizes[0][1] == 3
