"""`--json` prints on standard output, for programs, what a command prints for people: the same figures, as JSON."""

import json
import shutil

import pytest

from curator.cli.boundary import run
from curator.cli.commands import COMMANDS, curator
from tests.cli.test_the_loop import SAMPLES

LABELS = '[labels.tone]\nvalues = ["polite", "rude"]\n'

REPORTS = {
    "duplicates desk.jsonl": lambda it: [
        f"{it['examples']} examples.",
        f"{it['groups']} group",
        f"{it['exact']} exact duplicate",
        f"{it['largest'][0]['keeper']['example']}  kept",
    ],
    "validate desk.jsonl --target mistral -n 3": lambda it: [
        f":{one['line']}  {one['severity']} {one['rule']}: {one['message']}" for one in it["violations"]
    ],
    "decide desk.jsonl --policy recommended --dry-run": lambda it: [
        f"{one['action']:<5} {one['examples']:>8,}  {one['rule']}" for one in it["counts"]
    ],
    "decide desk.jsonl --policy recommended": lambda it: [f"Policy {it['policy']}:"],
    "decide desk.jsonl --where check:refusal --drop": lambda it: [f"drop: {it['examples']} example"],
    "export desk.jsonl --target mlx --skip-invalid --mask-secrets --out out": lambda it: [
        *(f"{count}  out/{name}" for name, count in it["counts"].items()),
        f"{it['skipped']}  skipped" if it["skipped"] else "",
        f"{it['lost']}  lost" if it["lost"] else "",
        f"{it['secrets']}  with secrets",
    ],
    "info": lambda it: [it["curator"], it["python"], it["packages"]["polars"], *it["models"], it["log"]],
    "explain near-duplicate": lambda it: [it["title"], f"{int(it['pair']['similarity']['answer'] * 100)} %"],
    "explain exact-duplicate desk.jsonl": lambda it: [it["pair"]["left"]["place"], it["pair"]["right"]["place"]],
    "undo desk.jsonl": lambda it: [f"{it['undone']['action']} ({it['undone']['decisions']} decision"],
    "split desk.jsonl": lambda it: [f"{count:>9,} examples" for count in it["examples"].values()],
    "leaks desk.jsonl desk.jsonl": lambda it: [it["claim"]],
    "select desk.jsonl -n 3 --ids": lambda it: it["ids"],
    "label desk.jsonl --where line:<3 --set tone=polite": lambda it: [f"{it['question']}: {it['examples']} examples"],
    "label desk.jsonl": lambda it: [f"{one['question']}: {one['answers']} answers" for one in it["questions"]],
    "cache clear desk.jsonl": lambda it: [f"{it['bytes']:,} bytes in {it['files']}", it["folder"]],
    "sample samples": lambda it: it["files"],
    "trust .": lambda it: [f"{it['folder']} is trusted"],
    "trust --list": lambda it: [one["folder"] for one in it["trusted"]],
    "decisions import desk.jsonl theirs.jsonl": lambda it: [f"{it['new']} decisions are new, {it['known']} were"],
}  # fmt: skip
"""Of commands that report: what their text must hold, by what their JSON says."""

LISTS = {
    "show desk.jsonl -n 3": lambda it: f"{it['id']}  {it['status']}",
    "similar desk.jsonl --to parcel -n 3": lambda it: f"{it['cosine']:.3f}",
    "select desk.jsonl -n 3": lambda it: json.dumps(it["examples"][0], separators=(",", ":"), ensure_ascii=False),
    "checks": lambda it: f"{it['name']:<28}"[:28].strip(),
    "config show desk.jsonl": lambda it: f"  ({it['origin']})",
}
"""Of commands that list: what their text must hold of each line of JSON."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A project in which something was decided, split and labelled."""
    folder = tmp_path_factory.mktemp("json") / "one"
    folder.mkdir()
    lines = (SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:90]
    (folder / "desk.jsonl").write_bytes(b"".join([*lines, lines[4], lines[4]]))
    (folder / "curator.toml").write_text(LABELS)
    line = {"id": "x", "example": "a" * 16, "action": "drop", "annotator": "anna", "time": "2020-01-01T00:00:00Z"}
    (folder / "theirs.jsonl").write_text(json.dumps(line))
    data = str(folder / "desk.jsonl")
    assert run(["audit", data, "--quiet", "--fail-on", "never"]) == 0
    assert run(["decide", data, "--quiet", "--where", "line:3", "--drop"]) == 0
    assert run(["label", data, "--quiet", "--where", "line:3", "--set", "tone=rude"]) == 0
    return folder


@pytest.fixture
def both(prepared, tmp_path, monkeypatch, capfd):
    """Runs a command twice, each time on a project that nothing was done to: its text, and with --json."""

    def printed(command):
        outputs = []
        for words in (command.split(), [*command.split(), "--json"]):
            shutil.rmtree(tmp_path / "now", ignore_errors=True)
            shutil.copytree(prepared, tmp_path / "now")
            monkeypatch.chdir(tmp_path / "now")
            codes = run(words)
            assert codes in (0, 1), capfd.readouterr().err
            outputs.append((codes, capfd.readouterr().out))
        (code, text), (same, values) = outputs
        assert code == same
        return text, values

    monkeypatch.setenv("COLUMNS", "500")
    return printed


@pytest.mark.parametrize("command", REPORTS)
def test_a_report_is_one_json_object_with_the_figures_of_the_text(command, both):
    text, values = both(command)
    value = json.loads(values)
    assert isinstance(value, dict)
    assert [said for said in REPORTS[command](value) if said not in text] == [], text


@pytest.mark.parametrize("command", LISTS)
def test_a_list_is_json_lines_one_object_for_each(command, both):
    text, values = both(command)
    lines = [json.loads(line) for line in values.splitlines()] if "select" not in command else [json.loads(values)]
    assert lines
    assert [said for said in map(LISTS[command], lines) if said not in text] == [], text


def test_every_command_that_prints_something_has_it():
    without = {"review", "schema", "completion"}
    """An app; JSON as it is; a script."""
    missing = set()
    for name in COMMANDS.keys() - without:
        command = curator.get_command(None, name)
        for one in getattr(command, "commands", {"": command}).values():
            if not any("--json" in parameter.opts for parameter in one.params):
                missing.add(f"{name} {one.name}")
    assert missing == {"config set", "decisions export"}
