"""The same examples come out of a file whatever its packing, its format and the size of the blocks it is read in."""

import bz2
import gzip
import io
import json
import sys
import tracemalloc
from pathlib import Path

import polars as pl
import pytest
import zstandard

from curator.data import blocks as block_sizes
from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.dialects.dialect import dialect_named
from curator.data.sources import source as sources
from curator.data.sources.source import expand
from curator.errors import UnreadableInput
from tests.examples.made import question

VALUES = [
    question(f"Frage {n}: où est 人 mon colis n° {n}? \u2028 👋", f"Antwort {n}. " * (n % 40)) for n in range(300)
]
LINES = [json.dumps(value, ensure_ascii=n % 2 == 0).encode() for n, value in enumerate(VALUES)]
BOM = b"\xef\xbb\xbf"
PAIRS = [{"prompt": f'Frage {n},\n"où"; est 人\tmon colis?', "completion": f"Antwort {n}"} for n in range(50)]


def read_blocks(path: Path) -> list[Block]:
    (source,) = expand([str(path)])
    return list(sources.blocks(source))


def elements(path: Path) -> list[tuple[int, bytes, int]]:
    return [element for block in read_blocks(path) for element in block.elements()]


def edits(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    """Sets the sizes of blocks and reads, in bytes."""

    def set_sizes(smallest: int, largest: int, read: int, longest: int = 1 << 20) -> None:
        monkeypatch.setattr(block_sizes, "SMALLEST", smallest)
        monkeypatch.setattr(block_sizes, "LARGEST", largest)
        monkeypatch.setattr(block_sizes, "CUT_EVERY", 3)
        monkeypatch.setattr(sources, "_READ_BYTES", read)
        monkeypatch.setattr(sources, "LONGEST_LINE", longest)

    return set_sizes


SIZES = pytest.mark.parametrize(
    "sizes", [(1, 1, 1), (1, 50, 7), (500, 2000, 64), (2000, 9000, 100_000), (1 << 21, 1 << 23, 1 << 22)]
)


@SIZES
@pytest.mark.parametrize("ending", [b"", b"\n"], ids=["no last newline", "last newline"])
@pytest.mark.parametrize("start", [b"", BOM], ids=["plain", "byte order mark"])
def test_lines_are_the_same_in_blocks_of_any_size(tmp_path, small_blocks, sizes, ending, start):
    small_blocks(*sizes)
    lines = [*LINES[:40], b"", b"  ", b"\r", *LINES[40:60]]
    data = start + b"\n".join(lines) + ending
    found = elements(edits(tmp_path, "a.jsonl", data))
    assert [(number, raw) for number, raw, _ in found] == list(enumerate(lines, 1))
    assert all(data[offset : offset + len(raw)] == raw for _, raw, offset in found)


@SIZES
@pytest.mark.parametrize("start", [b"", BOM, b" \n "], ids=["plain", "byte order mark", "space"])
def test_elements_of_an_array_are_the_same_in_blocks_of_any_size(tmp_path, small_blocks, sizes, start):
    small_blocks(*sizes)
    data = start + b"[\n  " + b" ,\n  ".join(LINES[:50]) + b"\n]\n"
    found = elements(edits(tmp_path, "a.json", data))
    assert [(number, raw) for number, raw, _ in found] == list(enumerate(LINES[:50], 1))
    assert all(data[offset : offset + len(raw)] == raw for _, raw, offset in found)


@SIZES
def test_rows_of_a_table_are_the_same_in_blocks_of_any_size(tmp_path, small_blocks, sizes):
    small_blocks(*sizes)
    frame = pl.DataFrame(PAIRS)
    frame.write_csv(tmp_path / "a.csv")
    frame.write_csv(tmp_path / "a.tsv", separator="\t")
    frame.write_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.tsv", "a.parquet"):
        assert [json.loads(raw) for _, raw, _ in elements(tmp_path / name)] == PAIRS, name


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
def test_a_packed_file_holds_what_the_plain_one_holds(tmp_path, pack, name):
    plain = tmp_path / name
    if name.endswith(("csv", "parquet")):
        frame = pl.DataFrame(PAIRS)
        (frame.write_csv if name == "a.csv" else frame.write_parquet)(plain)
    else:
        plain.write_bytes(b"\n".join(LINES) if name == "a.jsonl" else b"[" + b",".join(LINES) + b"]")
    ending = ".gz" if pack is gzip.compress else ".zst"
    packed = edits(tmp_path, name + ending, pack(plain.read_bytes()))
    assert elements(packed) == elements(plain)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_table_with_a_byte_order_mark_and_windows_line_ends(tmp_path, name):
    separator = "\t" if name == "a.tsv" else ";"
    data = BOM + f'prompt{separator}completion\r\n"Two\r\nlines"{separator}Yes\r\n'.encode()
    ((_, raw, _),) = elements(edits(tmp_path, name, data))
    assert json.loads(raw) == {"prompt": "Two\r\nlines", "completion": "Yes"}


def test_several_zstandard_frames_and_gzip_members_are_one_file(tmp_path):
    halves = [b"\n".join(LINES[:9]) + b"\n", b"\n".join(LINES[9:20])]
    for name, pack in (("a.jsonl.zst", zstandard.compress), ("a.jsonl.gz", gzip.compress)):
        found = elements(edits(tmp_path, name, b"".join(map(pack, halves))))
        assert [raw for _, raw, _ in found] == LINES[:20], name


def test_a_line_inserted_at_the_start_leaves_most_blocks_as_they_were(tmp_path, small_blocks):
    small_blocks(300, 4000, 1000)
    before, after = (
        {block.digest for block in read_blocks(edits(tmp_path, name, b"\n".join(lines)))}
        for name, lines in (("a.jsonl", LINES), ("b.jsonl", [b'{"new": 1}', *LINES]))
    )
    assert len(before & after) >= 0.8 * len(before)


def test_a_too_long_line_is_refused_and_its_neighbours_are_read(tmp_path, small_blocks):
    for read in (1, 100, 700, 5000, 100_000):
        small_blocks(3000, 9000, read, longest=5000)
        lines = [LINES[0], b"x" * 4999, b"y" * 5000, LINES[1], b"z" * 20_000, LINES[2]]
        (source,) = expand([str(edits(tmp_path, "a.jsonl", b"\n".join(lines)))])
        batches = [read_batch(block, dialect_named("chat")) for block in sources.blocks(source)]
        refused = pl.concat([batch.refused for batch in batches])
        assert [line for batch in batches for line in batch.examples["line"]] == [1, 4, 6]
        assert refused["line"].to_list() == [2, 3, 5]
        assert ["long" in message for message in refused["message"]] == [False, True, True]


def test_a_too_long_element_of_an_array_is_refused_and_its_neighbours_are_read(tmp_path, small_blocks):
    small_blocks(3000, 9000, 100, longest=5000)
    data = b"[" + LINES[0] + b', "' + b"x" * 6000 + b'",' + LINES[1] + b"]"
    (source,) = expand([str(edits(tmp_path, "a.json", data))])
    batches = [read_batch(block, dialect_named("chat")) for block in sources.blocks(source)]
    assert [line for batch in batches for line in batch.examples["line"]] == [1, 3]
    assert "long" in pl.concat([batch.refused for batch in batches])["message"][0]


@pytest.mark.parametrize("before", [b"", LINES[0] + b"\n"], ids=["first", "after a line"])
def test_a_line_of_200_mb_is_refused_in_bounded_memory(tmp_path, before):
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(before + b'{"messages": "')
        for _ in range(200):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + LINES[1] + b"\n")
    tracemalloc.start()
    found = elements(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[-1][1] == LINES[1]
    assert len(found) == 2 + bool(before)
    assert peak < 4 * block_sizes.LONGEST_LINE


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"[%s, {bad}, %s]", [LINES[0], b"{bad}", LINES[1]]),
        (b"[%s, %s", [LINES[0], LINES[1]]),
        (b"[%s, %s]]", [LINES[0], LINES[1], b"]"]),
        (b"[%s]\n[%s]", [LINES[0], b"[" + LINES[1] + b"]"]),
        (b'[%s, "a]b\\"],", %s]', [LINES[0], b'"a]b\\"],"', LINES[1]]),
        (b"[%s, %s, {\"messages\": [", [LINES[0], LINES[1], b'{"messages": [']),
    ],
    ids=["a bad element", "no end", "too many ends", "two arrays", "brackets in a text", "cut in an element"],
)  # fmt: skip
def test_a_broken_array_loses_nothing_but_what_is_broken(tmp_path, data, wanted):
    found = elements(edits(tmp_path, "a.json", data % (LINES[0], LINES[1])))
    assert [raw for _, raw, _ in found] == wanted


def test_a_file_of_carriage_returns_is_one_line(tmp_path):
    ((_, raw, _),) = elements(edits(tmp_path, "a.jsonl", b"\r".join(LINES[:3])))
    assert raw.count(b"\r") == 2


def test_windows_line_ends_do_no_harm(tmp_path):
    (block,) = read_blocks(edits(tmp_path, "a.jsonl", b"\r\n".join(LINES[:9]) + b"\r\n"))
    assert len(read_batch(block, dialect_named("chat")).examples) == 9


def test_surplus_and_missing_fields_of_a_table_are_kept_and_named(tmp_path):
    data = b"prompt,completion\nWhere?,There.,extra,more\nWhere?\n"
    first, second = (json.loads(raw) for _, raw, _ in elements(edits(tmp_path, "a.csv", data)))
    assert first[sources.EXTRA_FIELDS] == ["extra", "more"]
    assert second == {"prompt": "Where?"}


def test_bytes_of_a_table_that_are_not_utf_8_are_refused_by_line(tmp_path):
    data = b"prompt,completion\nWhere?,There.\nCaf\xe9?,There.\nWhere?,Here.\n"
    (block,) = read_blocks(edits(tmp_path, "a.csv", data))
    batch = read_batch(block, dialect_named("prompt-completion"))
    assert (len(batch.examples), batch.refused["check"].to_list(), batch.refused["line"].to_list()) == (
        2,
        ["invalid-encoding"],
        [2],
    )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jsonl", b"", "is empty"),
        ("a.jsonl", "{}".encode("utf-16"), "is UTF-16 .* iconv -f UTF-16 -t UTF-8"),
        ("a.jsonl", "{}".encode("utf-32"), "is UTF-32"),
        ("a.jsonl", '{"messages": []}'.encode("utf-16-le"), "is UTF-16LE"),
        ("a.jsonl", '{"messages": []}'.encode("utf-16-be"), "is UTF-16BE"),
        ("a.jsonl", b"{}\x00\x00", "is not text"),
        ("a.jsonl", gzip.compress(b"{}", mtime=0), "gzip data under a name without .gz"),
        ("a.jsonl.gz", b"{}", "cannot be read"),
        ("a.jsonl.zst", b"{}", "cannot be read"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("a.jsonl.gz", gzip.compress(b"{}\n" * 999_999, mtime=0)[:-900], "is damaged"),
        ("a.jsonl.zst", zstandard.compress(b"{}\n" * 999_999)[:-5], "is damaged"),
        ("a.json.zst", zstandard.compress(b"[" + b"{},\n" * 999_999)[:-5], "is damaged"),
        ("a.parquet", b"PAR1 not really PAR1", "is not sound Parquet"),
        ("a.parquet", b"PAR1" + bytes(3000) + b"PAR1", "is damaged"),
        ("a.bz2", bz2.compress(b"{}" * 9), "is not text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path, name, data, words):
    with pytest.raises(UnreadableInput, match=words):
        elements(edits(tmp_path, name, data))


def test_what_is_no_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadableInput, match="does not exist"):
        expand([str(tmp_path / "nothing.jsonl")])
    with pytest.raises(UnreadableInput, match="is a directory"):
        expand([str(tmp_path)])
    with pytest.raises(UnreadableInput, match="No file matches"):
        expand([str(tmp_path / "*.jsonl")])


def test_patterns_name_files_in_order_and_each_once(tmp_path):
    for name in ("b.jsonl", "a.jsonl", "c[1].jsonl"):
        edits(tmp_path, name, LINES[0])
    names = [Path(source.name).name for source in expand([str(tmp_path / "*.jsonl"), str(tmp_path / "a.jsonl")])]
    assert names == ["a.jsonl", "b.jsonl", "c[1].jsonl"]
    assert len(expand([str(tmp_path / "c[1].jsonl")])) == 1


def test_standard_input_is_read_like_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(LINES[:5]))))
    (source,) = expand(["-"])
    assert [raw for block in sources.blocks(source) for _, raw, _ in block.elements()] == LINES[:5]
    source.path.unlink()
