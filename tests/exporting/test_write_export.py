import errno
import hashlib
import json
from collections import Counter

import pytest

from curator.data.batches import read_example
from curator.data.content import Content
from curator.data.dialects.recognition import recognise
from curator.data.json_line import decode_json
from curator.data.sources.source import blocks, expand
from curator.errors import UsageError, WorkFailed
from curator.exporting import split_file
from curator.exporting.manifest import Origin
from curator.exporting.rejected import TargetRejects
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample
from curator.targets.file_validation import validate
from curator.targets.registry import TARGETS, target_named

KETTLE = "Hold the lid down for three seconds."


def talk(number, **answer):
    question = {"role": "user", "content": f"How do I reset kettle number {number}?"}
    return Content([question, {"role": "assistant", "content": f"{KETTLE} It is {number}.", **answer}])


def kept(count, content=talk, **more):
    for number in range(1, count + 1):
        split = "validation" if number % 5 == 0 else "test" if number % 7 == 0 else "train"
        yield ExportExample(f"{number:016x}", content(number), {}, split, "desk.jsonl", number, **more)


def lines(path):
    return [json.loads(line) for line in path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()]


def read_file(path, target):
    """Every example of a file, read as anything else is read."""
    source = expand([str(path)])[0]
    raws = [raw for block in blocks(source) for _, raw, _ in block.elements()]
    dialect = (
        recognise((decode_json(raw) for raw in raws), str(path)).dialect
        if target.name
        not in (
            "gemini",
            "bedrock-nova",
        )
        else target.dialects[0]
    )
    return [read_example(raw, dialect)[1] for raw in raws]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_an_export_holds_every_split_under_the_names_that_the_target_wants_and_reads_back(target, tmp_path):
    result = write_export(kept(40), target.name, tmp_path / "out")
    by_split = {split: [e.content for e in kept(40) if e.split == split] for split in ("train", "validation", "test")}
    for split, contents in by_split.items():
        path = tmp_path / "out" / target.files[split]
        assert read_file(path, target) == contents
        assert not [found for found in validate(path, target.name) if found.severity == "error"] or split != "train"
    assert result.counts == {target.files[split]: len(contents) for split, contents in by_split.items()}
    assert not (tmp_path / "out" / "lost.jsonl").read_bytes()


def test_the_manifest_has_the_hash_and_the_counts_of_every_data_file(tmp_path):
    origin = Origin(sources=[{"name": "desk.jsonl", "sha256": "ab"}], decisions={"position": 7}, tokenizer="o200k_base")
    result = write_export(kept(40, tokens=30), "openai", tmp_path / "out", model="gpt-4.1-nano", origin=origin)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest == result.manifest
    for entry in manifest["files"]:
        data = (tmp_path / "out" / entry["name"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["examples"] == data.count(b"\n")
        assert entry["tokens"] == 30 * entry["examples"]
    assert manifest["sources"] == origin.sources
    assert manifest["decisions"] == {"position": 7}
    assert manifest["estimate"]["label"] == "estimate"
    assert manifest["estimate"]["billed_tokens"] == manifest["files"][0]["tokens"] * manifest["estimate"]["epochs"]
    assert manifest["tokenizer"] == "o200k_base"


def test_choosing_openai_says_until_when_it_can_be_used(tmp_path):
    result = write_export(kept(40), "openai", tmp_path / "out")
    assert any("2027-01-06" in notice for notice in result.notices)
    assert "2027-01-06" in (tmp_path / "out" / "README.md").read_text()


def test_a_kept_example_that_the_target_rejects_stops_the_export_with_its_place_and_reason(tmp_path):
    examples = [
        *kept(40),
        ExportExample("bad", Content([{"role": "user", "content": "Hi"}]), {}, "train", "desk.jsonl", 41),
    ]
    with pytest.raises(TargetRejects, match=r"desk.jsonl line 41 \(bad\): no-assistant-message") as stopped:
        write_export(examples, "openai", tmp_path / "out")
    assert stopped.value.exit_code == 1
    assert stopped.value.count == 1
    assert list(tmp_path.iterdir()) == []


def test_skip_invalid_leaves_rejected_examples_out_and_names_them(tmp_path):
    examples = [
        *kept(40),
        ExportExample("bad", Content([{"role": "user", "content": "Hi"}]), {}, "train", "desk.jsonl", 41),
    ]
    result = write_export(examples, "openai", tmp_path / "out", skip_invalid=True)
    assert result.skipped == 1
    (skipped,) = lines(tmp_path / "out" / "skipped.jsonl")
    assert (skipped["id"], skipped["file"], skipped["line"]) == ("bad", "desk.jsonl", 41)
    assert skipped["reasons"][0]["rule"] == "no-assistant-message"


def test_too_few_examples_stop_the_export_as_a_whole(tmp_path):
    with pytest.raises(TargetRejects, match=r"train.jsonl: too-few-examples: 4 examples"):
        write_export(kept(5), "openai", tmp_path / "out", skip_invalid=True)
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_a_single_example_is_not_written(tmp_path):
    for target in TARGETS:
        with pytest.raises(TargetRejects, match="no example left"):
            write_export([], target.name, tmp_path / "out", skip_invalid=True)
    assert list(tmp_path.iterdir()) == []


def test_an_example_that_is_in_training_and_in_validation_is_refused_where_the_target_refuses_it(tmp_path):
    again = [ExportExample("again", talk(1), {}, "validation", "desk.jsonl", 41)]
    with pytest.raises(TargetRejects, match="split-overlap"):
        write_export([*kept(40), *again], "openai", tmp_path / "a")
    assert write_export([*kept(40), *again], "together", tmp_path / "b").warnings["split-overlap"] == 1


def test_what_is_lost_is_named_example_by_example_with_its_lines_in_the_export_and_in_the_source(tmp_path):
    def weighted(number):
        return talk(number, weight=1) if number == 3 else talk(number)

    result = write_export(kept(40, weighted), "alpaca", tmp_path / "out")
    (lost,) = lines(tmp_path / "out" / "lost.jsonl")
    assert (lost["id"], lost["file"], lost["line"]) == (f"{3:016x}", "train.jsonl", 3)
    assert (lost["source"], lost["source_line"]) == ("desk.jsonl", 3)
    assert lost["lost"][0]["field"] == "messages[1].weight"
    assert result.losses == {"messages.weight": 1}
    assert "`messages.weight`: 1 examples" in (tmp_path / "out" / "README.md").read_text()


def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(split_file.SplitFile, "_put", full)
    with pytest.raises(WorkFailed, match=r"is full\. Make room"):
        write_export(kept(40), "openai", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_export_is_replaced_only_when_asked_and_another_folder_never(tmp_path):
    write_export(kept(40), "openai", tmp_path / "out")
    with pytest.raises(UsageError, match="is there already"):
        write_export(kept(40), "together", tmp_path / "out")
    write_export(kept(40), "together", tmp_path / "out", replace=True)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["target"] == "together"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="no export"):
        write_export(kept(40), "openai", tmp_path / "mine", replace=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]


def test_an_interrupted_export_leaves_nothing_behind(tmp_path):
    def interrupted():
        yield from kept(20)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_export(interrupted(), "huggingface", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_behind_is_cleared_away_by_the_next(tmp_path):
    left = tmp_path / ".out.4194305.partial"  # no system gives a process this number
    left.mkdir()
    (left / "train.jsonl").write_text("{}")
    write_export(kept(40), "openai", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_same_examples_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_export(kept(40), "huggingface", tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        if path.name not in ("manifest.json", "README.md"):
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_parquet_copy_holds_the_same_examples_with_tool_arguments_as_text(tmp_path):
    def using_tools(number):
        call = {"type": "function", "id": "c", "function": {"name": f"f{number}", "arguments": f'{{"n": {number}}}'}}
        messages = [{"role": "user", "content": f"Go {number}"}, {"role": "assistant", "tool_calls": [call]}]
        return Content(messages, [{"type": "function", "function": {"name": f"f{number}"}}])

    write_export(kept(40, using_tools), "huggingface", tmp_path / "out")
    read = read_file(tmp_path / "out" / "train.parquet", target_named("huggingface"))
    wanted = [example.content for example in kept(40, using_tools) if example.split == "train"]
    for content in (*read, *wanted):
        for call in content.messages[1]["tool_calls"]:
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    assert read == wanted


def test_two_forms_of_example_do_not_share_a_file(tmp_path):
    pair = Content(
        [{"role": "user", "content": "Which?"}],
        None,
        [{"role": "assistant", "content": "a"}],
        [{"role": "assistant", "content": "b"}],
    )
    examples = [*kept(40), ExportExample("pair", pair, {}, "train", "desk.jsonl", 41)]
    with pytest.raises(TargetRejects, match="mixed-formats"):
        write_export(examples, "together", tmp_path / "out")


def test_a_rated_answer_goes_only_where_there_is_a_form_for_it(tmp_path):
    def rated(number):
        return talk(number)._replace(label=number % 2 == 0)

    for target in TARGETS:
        if "kto" in target.carries.kinds:
            write_export(kept(40, rated), target.name, tmp_path / target.name)
            read = read_file(tmp_path / target.name / "train.jsonl", target)
            assert Counter(content.label for content in read).keys() == {True, False}
        else:
            with pytest.raises(TargetRejects, match="unsupported-kind"):
                write_export(kept(40, rated), target.name, tmp_path / target.name)


def test_azure_files_begin_with_a_byte_order_mark_and_no_others_do(tmp_path):
    for target in TARGETS:
        write_export(kept(40), target.name, tmp_path / target.name)
    marked = {path.parent.name for path in tmp_path.glob("*/*.jsonl") if path.read_bytes().startswith(b"\xef\xbb\xbf")}
    assert marked == {"azure"}
