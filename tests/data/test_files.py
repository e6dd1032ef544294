"""The same examples come out of a file whatever its packing, its format and the size of the blocks it is read in."""

import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import tracemalloc
import zipfile
from pathlib import Path
from random import Random

import polars as pl
import pyarrow
import pytest
import zstandard
from pyarrow import parquet

from benchmarks.audit.damage import damaged, missing
from curator.data import blocks as block_sizes
from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.dialects.dialect import dialect_named
from curator.data.sources import source as sources
from curator.data.sources.source import expand
from curator.errors import UnreadableInput
from tests.data.made import question

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


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()


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
        monkeypatch.setattr(block_sizes, "READ_BYTES", read)
        monkeypatch.setattr(block_sizes, "LONGEST_LINE", longest)

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
        (b"[%s]\n[%s]", [LINES[0], LINES[1]]),
        (b"[%s, %s],\n%s]", [LINES[0], LINES[1], b"]", LINES[2]]),
        (b"%s\n%s", [LINES[0], LINES[1]]),
        (b'[%s, "a]b\\"],", %s]', [LINES[0], b'"a]b\\"],"', LINES[1]]),
        (b"[%s, %s, {\"messages\": [", [LINES[0], LINES[1], b'{"messages": [']),
    ],
    ids=["bad element", "no end", "two ends", "two arrays", "early end", "no brackets", "in a text", "cut"],
)  # fmt: skip
def test_a_broken_array_loses_nothing_but_what_is_broken(tmp_path, data, wanted):
    found = elements(edits(tmp_path, "a.json", data % tuple(LINES[: data.count(b"%s")])))
    assert [raw for _, raw, _ in found] == wanted


def test_a_file_of_carriage_returns_is_one_line(tmp_path):
    ((_, raw, _),) = elements(edits(tmp_path, "a.jsonl", b"\r".join(LINES[:3])))
    assert raw.count(b"\r") == 2


def test_windows_line_ends_do_no_harm(tmp_path):
    (block,) = read_blocks(edits(tmp_path, "a.jsonl", b"\r\n".join(LINES[:9]) + b"\r\n"))
    assert len(read_batch(block, dialect_named("chat")).examples) == 9


def faults(path: Path) -> dict[int, str]:
    """What the source itself could not deliver, by line."""
    return {
        number: block.faults[position][1]
        for block in read_blocks(path)
        for position, (number, _, _) in enumerate(block.elements())
        if position in block.faults
    }


def test_a_row_with_surplus_or_missing_fields_is_refused_and_nothing_of_it_is_cut(tmp_path):
    path = edits(tmp_path, "a.csv", b"prompt,completion\nWhere?,There, it is.\nWhere?\nWhen?,Now.\n")
    assert faults(path) == {
        2: "The row has 3 fields and the header has 2; a text that holds the delimiter needs quotes around it. "
        "21 bytes were skipped; reading continues at line 3.",
        3: "The row has 1 field and the header has 2. 7 bytes were skipped; reading continues at line 4.",
    }
    assert json.loads(elements(path)[-1][1]) == {"prompt": "When?", "completion": "Now."}


def test_rows_of_a_table_have_the_physical_lines_that_they_begin_on(tmp_path):
    data = BOM + b'prompt,completion\n\nWhere?,"There.\nOr here."\n"Who, ""me""?\r\n",You.\n\nWhen?,Now.\n'
    found = elements(edits(tmp_path, "a.csv", data))
    assert [(number, json.loads(raw)["completion"]) for number, raw, _ in found] == [
        (3, "There.\nOr here."), (5, "You."), (8, "Now.")
    ]  # fmt: skip
    assert json.loads(found[1][1])["prompt"] == 'Who, "me"?\r\n'


def test_a_quote_that_is_never_closed_costs_its_own_row(tmp_path):
    rows = [f"問{n},答 {n}\n" for n in range(1000)]
    data = "prompt,completion\n" + rows[0] + '問?,"答え\n' + "".join(rows[1:]) + 'zitiert,"ja, so"\n' + rows[5]
    path = edits(tmp_path, "a.csv", data.encode())
    assert list(faults(path)) == [3]
    assert "reading continues at line 4" in faults(path)[3]
    assert len(elements(path)) == 1003


def test_quotes_inside_fields_without_quotes_are_text(tmp_path):
    table = edits(tmp_path, "a.csv", b'prompt,completion\nA 5" pipe?,6\'2" tall\n')
    assert json.loads(elements(table)[0][1]) == {"prompt": 'A 5" pipe?', "completion": "6'2\" tall"}
    tabs = edits(tmp_path, "a.tsv", b'prompt\tcompletion\n"Hm" he said\t"Open\nWhere?\tThere.\n')
    assert [json.loads(raw)["completion"] for _, raw, _ in elements(tabs)] == ['"Open', "There."]


def test_two_columns_of_one_name_are_both_kept(tmp_path):
    found = elements(edits(tmp_path, "a.csv", b"prompt,completion,prompt\na,b,c\n"))
    assert json.loads(found[0][1]) == {"prompt": "a", "completion": "b", "prompt (2)": "c"}


def test_bytes_of_a_table_that_are_not_utf_8_are_refused_by_line(tmp_path):
    data = b"prompt,completion\nWhere?,There.\nCaf\xe9?,There.\nWhere?,Here.\n"
    (block,) = read_blocks(edits(tmp_path, "a.csv", data))
    batch = read_batch(block, dialect_named("prompt-completion"))
    assert (len(batch.examples), batch.refused["check"].to_list(), batch.refused["line"].to_list()) == (
        2,
        ["invalid-encoding"],
        [3],
    )


def test_nul_bytes_cost_the_line_that_they_are_on(tmp_path):
    lines = [*LINES[:4], b'{"messages": \x00\x00}', *LINES[4:9], bytes(3000)]
    (block,) = read_blocks(edits(tmp_path, "a.jsonl", b"\n".join(lines)))
    batch = read_batch(block, dialect_named("chat"))
    assert (len(batch.examples), batch.refused["line"].to_list()) == (9, [5, 11])


@pytest.mark.parametrize("blank", [b"\n", b"\n\n", b"  \n\r\n", b"\n\t"])
def test_blank_lines_at_the_end_of_a_file_are_nothing(tmp_path, small_blocks, blank):
    for sizes in ((1, 1, 1), (500, 2000, 64), (1 << 21, 1 << 23, 1 << 22)):
        small_blocks(*sizes)
        assert len(elements(edits(tmp_path, "a.jsonl", b"\n".join(LINES[:5]) + b"\n" + blank))) == 5
        assert len(elements(edits(tmp_path, "a.jsonl", b"\n".join(LINES[:5]) + blank + b"\n" + LINES[5]))) > 6


@pytest.mark.parametrize("name", ["a.jsonl", "a.data", "a.csv", "a.gz", "a", "a.parquet"])
@pytest.mark.parametrize(
    "pack", [gzip.compress, zstandard.compress, bz2.compress, lzma.compress], ids=["gz", "zst", "bz2", "xz"]
)
def test_what_a_file_holds_is_known_by_its_bytes_and_not_by_its_name(tmp_path, name, pack):
    lines, array = b"\n".join(LINES[:9]), b"[" + b",".join(LINES[:9]) + b"]"
    for data in (lines, array, pack(lines), pack(array), bytes(gzip.compress(pack(lines)))):
        assert [raw for _, raw, _ in elements(edits(tmp_path, name, data))] == LINES[:9]
    frame = pl.DataFrame(PAIRS)
    for write in (frame.write_parquet, frame.write_ipc, frame.write_ipc_stream, frame.write_csv):
        buffer = io.BytesIO()
        write(buffer)
        for data in (buffer.getvalue(), pack(buffer.getvalue())):
            assert [json.loads(raw) for _, raw, _ in elements(edits(tmp_path, name, data))] == PAIRS


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz"])
def test_the_members_of_an_archive_are_sources_each(tmp_path, kind):
    members = {
        "set/train.jsonl": b"\n".join(LINES[:9]),
        "set/test.json.gz": gzip.compress(b"[" + LINES[9] + b"]"),
        "set/README.md": b"About the set.",
        "__MACOSX/._train.jsonl": b"\x00\x05\x16\x07",
    }
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, f"w:{kind.removeprefix('tar').removeprefix('.')}") as archive:
            for name, data in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    found = expand([str(path)])
    assert [source.name.removeprefix(str(path)) for source in found] == [":set/train.jsonl", ":set/test.json.gz"]
    read = [raw for source in found for block in sources.blocks(source) for _, raw, _ in block.elements()]
    assert read == LINES[:10]


def test_a_folder_is_the_data_files_in_it(tmp_path):
    for part in ("train", "test"):
        (tmp_path / "set" / part).mkdir(parents=True)
        frame = pl.DataFrame(PAIRS[:25] if part == "train" else PAIRS[25:])
        frame.write_ipc_stream(tmp_path / "set" / part / "data-00000-of-00001.arrow")
        edits(tmp_path / "set" / part, "state.json", b"{}")
        edits(tmp_path / "set" / part, "dataset_info.json", b"{}")
    edits(tmp_path / "set", "dataset_dict.json", b"{}")
    (tmp_path / "set" / "old.jsonl.curator").mkdir()
    edits(tmp_path / "set" / "old.jsonl.curator", "x.jsonl", LINES[0])
    found = expand([str(tmp_path / "set")])
    assert [source.container for source in found] == ["arrow", "arrow"]
    read = [json.loads(raw) for source in found for block in sources.blocks(source) for _, raw, _ in block.elements()]
    assert sorted(read, key=PAIRS.index) == PAIRS


def test_text_in_binary_columns_is_text_and_pictures_stay_bytes(tmp_path):
    table = pyarrow.table(
        {
            "prompt": pyarrow.array(["où ?".encode(), "人".encode(), b"caf\xe9"], pyarrow.binary()),
            "completion": pyarrow.array(["là", "b", "c"]),
            "image": pyarrow.array([{"bytes": b"\x89PNG", "path": None}] * 3),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    first, second, _ = (raw for _, raw, _ in elements(tmp_path / "a.parquet"))
    assert json.loads(first) == {"prompt": "où ?", "completion": "là", "image": {"bytes": "iVBORw==", "path": None}}
    assert json.loads(second)["prompt"] == "人"
    assert faults(tmp_path / "a.parquet") == {3: "A text of the row is not UTF-8 (unexpected end of data)."}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "holder",
    [
        lambda values: {"version": "1", "data": values},
        lambda values: {"conversations": values, "about": {"labels": [1, 2], "n": None}},
        lambda values: {"splits": {"train": values[:7], "test": values[7:]}, "names": [{"name": "a"}]},
    ],
    ids=["data", "conversations", "two lists"],
)
def test_the_lists_of_examples_in_one_object_are_found(tmp_path, small_blocks, indent, holder):
    for sizes in ((1, 50, 7), (1 << 21, 1 << 23, 1 << 22)):
        small_blocks(*sizes)
        data = json.dumps(holder(VALUES[:20]), indent=indent, ensure_ascii=False).encode()
        found = elements(edits(tmp_path, "a.json", data))
        assert [json.loads(raw) for _, raw, _ in found] == VALUES[:20]
        assert all(data[offset : offset + len(raw)] == raw for _, raw, offset in found)


def test_one_example_with_more_tools_than_are_looked_at_first_is_an_example(tmp_path):
    tools = [{"type": "function", "function": {"name": f"look_up_{n}", "parameters": {}}} for n in range(2_000)]
    line = json.dumps({**question("Where is it?", "Here."), "tools": tools}).encode()
    assert elements(edits(tmp_path, "a.jsonl", line)) == [(1, line, 0)]


def test_objects_written_over_several_lines_are_read_one_after_the_other(tmp_path):
    data = "\n".join(json.dumps(value, indent=2) for value in VALUES[:9]).encode()
    assert [json.loads(raw) for _, raw, _ in elements(edits(tmp_path, "a.jsonl", data))] == VALUES[:9]


def test_questions_below_a_passage_are_examples(tmp_path):
    asked = {"id": "1", "question": "What is red?", "answers": [{"text": "Roses", "answer_start": 0}]}
    data = {"version": "2", "data": [{"title": "t", "paragraphs": [{"context": "Roses are red.", "qas": [asked] * 3}]}]}
    found = elements(edits(tmp_path, "a.json", json.dumps(data).encode()))
    assert [number for number, _, _ in found] == [1, 2, 3]
    value = json.loads(found[0][1])
    assert (value["context"], value["question"], value["answer"]) == ("Roses are red.", "What is red?", "Roses")


def test_damage_anywhere_costs_what_it_touches_and_is_counted(tmp_path):
    rng = Random(1)
    for _ in range(120):
        file = damaged(rng)
        gone, _ = missing(file, tmp_path)
        assert gone == [], file.data


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jsonl", b"", "is empty"),
        ("a.jsonl", "{}".encode("utf-16"), "is UTF-16 .* iconv -f UTF-16 -t UTF-8"),
        ("a.jsonl", "{}".encode("utf-32"), "is UTF-32"),
        ("a.jsonl", '{"messages": []}'.encode("utf-16-le"), "is UTF-16LE"),
        ("a.jsonl", '{"messages": []}'.encode("utf-16-be"), "is UTF-16BE"),
        ("a.jsonl", bytes(range(256)) * 9, "is not text"),
        ("a.jsonl", bytes(9999), "is not text"),
        ("a.jsonl", gzip.compress(b"{}" * 999, mtime=0)[:20], "cannot be read"),
        (
            "a.jsonl",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1234\n",
            "1,234 bytes.*git lfs pull",
        ),
        ("a.jsonl", b"<!DOCTYPE html>\n<html>", "is a web page"),
        ("a.zip", b"PK\x03\x04 and nothing more", "cannot be read"),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/worksheets/sheet1.xml"), "Save the table in it as CSV"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("a.jsonl.gz", gzip.compress(b"{}\n" * 999_999, mtime=0)[:-900], "is damaged"),
        ("a.jsonl.zst", zstandard.compress(b"{}\n" * 999_999)[:-5], "is damaged"),
        ("a.json.zst", zstandard.compress(b"[" + b"{},\n" * 999_999)[:-5], "is damaged"),
        ("a.parquet", b"PAR1 not really PAR1", "is not sound Parquet"),
        ("a.parquet", b"PAR1" + bytes(3000) + b"PAR1", "is damaged"),
        ("a.arrow", b"ARROW1\x00\x00 and nothing more", "is not sound Arrow"),
    ],
    ids=range(19),
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path, name, data, words):
    with pytest.raises(UnreadableInput, match=words):
        elements(edits(tmp_path, name, data))


def test_what_is_no_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadableInput, match="does not exist"):
        expand([str(tmp_path / "nothing.jsonl")])
    with pytest.raises(UnreadableInput, match="is a folder without data files"):
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
