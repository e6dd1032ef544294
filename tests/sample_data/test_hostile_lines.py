"""The hostile file stays hostile, and its truth is the one of a strict JSON parser."""

import json

import pytest
from pydantic_core import from_json

from sample_data import make_hostile
from sample_data.make_support_desk import HERE


@pytest.fixture(scope="module")
def reported() -> list[tuple[bytes, dict]]:
    """Each physical line with what its truth says."""
    lines = (HERE / "hostile.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    entries = json.loads((HERE / "hostile.truth.json").read_text(encoding="utf-8"))["lines"]
    assert [entry["line"] for entry in entries] == list(range(1, len(lines) + 1))
    return list(zip(lines, entries, strict=True))


def test_the_script_writes_the_files_that_are_committed():
    for name, content in make_hostile.files().items():
        assert (HERE / name).read_bytes() == content, name


def test_the_file_stays_small_though_it_holds_a_turn_of_a_megabyte(reported):
    assert sum(len(line) + 1 for line, _ in reported) < 3_000_000
    assert max(len(line) for line, _ in reported) > 1_000_000


def test_what_is_called_json_is_json_and_the_rest_is_not(reported):
    for line, entry in reported:
        is_json = not (entry["expect"] == "refused" and entry["check"] in ("invalid-json", "invalid-encoding"))
        try:
            line.decode("utf-8")
            from_json(line, allow_inf_nan=False)
            accepted = True
        except ValueError:
            accepted = False
        assert accepted == is_json, entry


def test_what_is_called_wrongly_encoded_is_not_utf_8(reported):
    for line, entry in reported:
        if entry.get("check") == "invalid-encoding":
            with pytest.raises(UnicodeDecodeError):
                line.decode("utf-8")


def test_every_example_has_messages_with_a_role_and_text(reported):
    for line, entry in reported:
        if entry["expect"] == "example":
            for message in json.loads(line)["messages"]:
                assert isinstance(message["role"], str)
                assert isinstance(message["content"], str) or entry["check"] == "missing-content"
