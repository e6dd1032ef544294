"""Keys and passwords leave by no door unsaid: every kind is planted in every place, and every file is searched."""

import json
import random
import shutil
import string
from pathlib import Path

import pytest

from curator.audit.loading.reread import originals
from curator.audit.open_data import open_data
from curator.cli.boundary import run
from curator.settings.request import DataRequest
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

TINY = SAMPLES / "tiny-llama"
_DRAW = random.Random(20)
WIDE, CAPITALS, HEX = string.ascii_letters + string.digits, string.ascii_uppercase + "234567", "0123456789abcdef"


def some(count, alphabet=WIDE):
    return "".join(_DRAW.choice(alphabet) for _ in range(count))


def private_key(kind="RSA "):
    body = "\n".join(some(64, WIDE + "+/") for _ in range(5))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n{some(30)}==\n-----END {kind}PRIVATE KEY-----"


KEYS = {
    "AWS id": "AKIA" + some(16, CAPITALS),
    "AWS secret": some(40, WIDE + "+/"),
    "GitHub": "ghp_" + some(36),
    "GitHub fine-grained": "github_pat_" + some(82),
    "GitLab": "glpat-" + some(20),
    "Slack": "xoxb-" + some(40),
    "Slack webhook": "https://hooks.slack.com/services/T" + some(40),
    "Stripe": "sk_live_" + some(24),
    "Google": "AIza" + some(35),
    "Anthropic": "sk-ant-api03-" + some(90),
    "OpenAI": "sk-proj-" + some(48),
    "Hugging Face": "hf_" + some(34, string.ascii_letters),
    "npm": "npm_" + some(36),
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + some(70),
    "SendGrid": f"SG.{some(22)}.{some(43)}",
    "Twilio": "SK" + some(32, HEX),
    "DigitalOcean": "dop_v1_" + some(64, HEX),
    "Telegram": "123456789:AA" + some(33),
    "Shopify": "shpat_" + some(32, HEX),
    "web token": f"eyJ{some(20)}.eyJ{some(40)}.{some(43)}",
    "Groq": "gsk_" + some(52),
    "Databricks": "dapi" + some(32, HEX),
    "Vault": "hvs." + some(30),
    "password": "Zb3k" + some(20),
    "address": "q7" + some(12),
    "private key": private_key(),
    "PGP key": private_key("PGP ").replace("PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"),
    "Discord webhook": f"https://discord.com/api/webhooks/{some(18, string.digits)}/{some(68)}",
    "header": some(36),
}
CONTEXT = {"AWS secret": "aws_secret_access_key = {}", "password": 'password: "{}"', "address": "https://ann:{}@h.io/x"}
CONTEXT["header"] = "curl -H 'Authorization: Bearer {}'"
"""What a secret without a form of its own is told by."""


def said(name, key):
    return CONTEXT.get(name, "Use {} for it").format(key)


def user(text):
    return {"role": "user", "content": text}


def answer(text):
    return {"role": "assistant", "content": text}


def calling(arguments):
    return {
        "role": "assistant",
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "log_in", "arguments": arguments}}],
    }


RESULT = {"role": "tool", "tool_call_id": "c1", "content": "Done, and it works now."}
TOOL = {"type": "function", "function": {"name": "log_in", "description": "Logs in.", "parameters": {"type": "object"}}}


def locations(text):
    """An example for each place where `text` may be."""
    end = [RESULT, answer("You are in.")]
    escaped = '{"note": "' + "".join(f"\\u{ord(character):04x}" for character in text) + '"}'
    described = {**TOOL, "function": {**TOOL["function"], "description": text}}
    return {
        "system": {"messages": [{"role": "system", "content": text}, user("Where are we?"), answer("In Rome.")]},
        "user": {"messages": [user(f"Is this right? {text}"), answer("Yes, it is.")]},
        "answer": {"messages": [user("How do I get in?"), answer(text)]},
        "part": {"messages": [user([{"type": "text", "text": text}]), answer("That is fine.")]},
        "arguments": {"messages": [user("Get in."), calling(json.dumps({"note": text})), *end], "tools": [TOOL]},
        "object": {"messages": [user("Get in now."), calling({"deep": [{"note": text}]}), *end], "tools": [TOOL]},
        "escapes": {"messages": [user("Get in fast."), calling(escaped), *end], "tools": [TOOL]},
        "tool": {"messages": [user("Go in."), calling("{}"), *end], "tools": [described]},
        "reasoning": {"messages": [user("Why?"), {**answer("Because."), "reasoning_content": text}]},
        "field": {"messages": [user("What for?"), answer("For fun.")], "source": {"remarks": [text]}},
        "text in field": {"messages": [user("Who?"), answer("She.")], "raw": json.dumps({"a": json.dumps([text])})},
    }


def planted():
    """A line for every kind in every place, and enough plain ones to train on."""
    lines = []
    for number, (name, key) in enumerate(KEYS.items()):
        for place, example in locations(said(name, key)).items():
            messages = [dict(message) for message in example["messages"]]
            asked = next(message for message in messages if message["role"] == "user")
            if isinstance(asked["content"], str):
                asked["content"] = f"{asked['content']} ({place} {number})"
            lines.append({**example, "messages": messages})
    lines += [json.loads(line) for line in (SAMPLES / "support_desk.jsonl").read_text().splitlines()[:60]]
    return lines


def written_strings(folder, leave=()):
    """Every file below a folder, by name, as bytes; `leave` are names of files and folders that are not looked at."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not set(path.parts) & set(leave)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def leaking(contents):
    """Where a planted secret, or a line of a planted private key, can be read."""
    pieces = {piece.encode() for key in KEYS.values() for piece in key.splitlines() if not piece.startswith("-----")}
    return sorted({name for name, content in contents.items() for piece in pieces if piece in content})


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    (folder / "d.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in planted()))
    return folder


@pytest.fixture
def folder(audited, tmp_path, monkeypatch):
    shutil.copytree(audited, tmp_path / "w")
    monkeypatch.chdir(tmp_path / "w")
    return tmp_path / "w"


COUNT = len(KEYS) * len(locations(""))


def test_the_audit_finds_every_planted_secret_and_shows_none(audited, monkeypatch, capsys):
    monkeypatch.chdir(audited)
    outputs = ["--findings", "f.jsonl", "--html", "r.html", "--markdown", "r.md", "--report", "r.json"]
    assert run(["audit", "d.jsonl", "--fail-on", "secret-key>0", *outputs]) == 1
    shown = capsys.readouterr()
    found = [json.loads(line) for line in (audited / "f.jsonl").read_text().splitlines()]
    lines = {one["line"] for one in found if one["check"] == "secret-key" and one["severity"] == "warning"}
    missed = [planted()[line - 1] for line in range(1, COUNT + 1) if line not in lines]
    assert missed == []
    assert max(lines) == COUNT
    contents = written_strings(audited, leave=("d.jsonl", "cache"))
    assert leaking({**contents, "screen": (shown.out + shown.err).encode()}) == []


@pytest.mark.parametrize("target", ["openai", "huggingface", "sharegpt", "llama-factory", "mlx"])
def test_an_export_stops_and_names_each_or_masks_each(folder, target, capsys):
    export = ["export", "d.jsonl", "--target", target, "--out", "out", "--skip-invalid", "--quiet"]
    assert run(export) == 1
    refused = capsys.readouterr().err
    assert f"{COUNT:,} kept examples hold a secret" in refused and "d.jsonl:1 (" in refused
    assert all(way in refused for way in ("check:secret-key/warning --drop", "--mask-secrets", "--allow-secrets"))
    assert leaking({"screen": refused.encode()}) == [] and not (folder / "out").exists()
    assert run([*export, "--mask-secrets"]) == 0
    contents = written_strings(folder / "out")
    assert leaking(contents) == []
    assert b"[SECRET]" in contents["train.jsonl"]
    assert json.loads(contents["manifest.json"])["secrets"]["policy"] == "mask"
    assert b"replaced by `[SECRET]`" in contents["README.md"]


def test_a_secret_is_let_through_only_when_told_to_and_the_card_says_so(folder):
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out", "--allow-secrets", "--quiet"]) == 0
    contents = written_strings(folder / "out")
    assert leaking(contents) != []
    manifest = json.loads(contents["manifest.json"])
    assert manifest["secrets"] == {"policy": "allow", "examples": COUNT}
    assert {"check": "secret-key", "severity": "warning", "examples": COUNT} in manifest["open_findings"]
    assert b"let through with `--allow-secrets`" in contents["README.md"]
    assert b"| `secret-key` | warning |" in contents["README.md"]
    assert run(["validate", "out/train.jsonl", "--target", "huggingface"]) == 1
    assert run(["validate", "out/train.jsonl", "--target", "huggingface", "--allow-secrets"]) == 0
    assert run(["export", "d.jsonl", "--target", "mlx", "--out", "o", "--allow-secrets", "--mask-secrets"]) == 2


def test_arguments_stay_json_and_nothing_but_the_secret_is_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    token, key = KEYS["GitHub"], KEYS["private key"]
    arguments = ['{ "token": "' + token + '",  "n": 1 }', json.dumps({"key": f"a\n{key}\nb", "quote": 'x "y"'})]
    lines = [
        {"messages": [user(f"Get in {n}."), calling(text), RESULT, answer(f"In, {n}.")]}
        for n, text in enumerate(arguments)
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "o", "--mask-secrets", "--quiet"]) == 0
    files = ("train.jsonl", "validation.jsonl")
    texts = [(tmp_path / "o" / name).read_text() for name in files if (tmp_path / "o" / name).exists()]
    examples = [json.loads(line) for text in texts for line in text.splitlines()]
    got = {one["messages"][0]["content"]: one["messages"][1]["tool_calls"][0]["function"] for one in examples}
    first, second = (got[f"Get in {n}."]["arguments"] for n in (0, 1))
    assert (json.loads(first) if isinstance(first, str) else first) == {"token": "[SECRET]", "n": 1}
    assert (json.loads(second) if isinstance(second, str) else second) == {"key": "a\n[SECRET]\nb", "quote": 'x "y"'}


@pytest.mark.parametrize("option", ["--prepare", "--dry-run"])
def test_a_training_stops_or_hands_over_what_was_masked(folder, option, capsys):
    lines = (folder / "d.jsonl").read_text().splitlines(keepends=True)
    (folder / "d.jsonl").write_text("".join([*lines[:: len(KEYS)], *lines[COUNT:]]))
    train = ["train", "d.jsonl", "--model", str(TINY), "--skip-invalid", "--allow-leaks", "--quiet", option]
    assert run(train) == 1
    assert "hold a secret, so nothing was written" in capsys.readouterr().err
    assert not list(folder.glob("d.jsonl.curator/runs/*"))
    assert run([*train, "--mask-secrets"]) == 0
    shown = capsys.readouterr()
    assert "[SECRET] stands in its place" in shown.out + shown.err
    contents = written_strings(folder, leave=("d.jsonl", "cache"))
    assert leaking({**contents, "screen": (shown.out + shown.err).encode()}) == []
    runs = list(folder.glob("d.jsonl.curator/runs/0*"))
    assert len(runs) == (option == "--prepare")
    for made in runs:
        assert json.loads((made / "snapshot.json").read_text())["secrets"]["policy"] == "mask"
        assert b"[SECRET]" in (made / "train.jsonl").read_bytes()


def test_nothing_is_prepared_for_a_service_before_secrets_are_spoken_of(folder, capsys, monkeypatch):
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    train = ["train", "d.jsonl", "--via", "openai", "--model", "gpt-4.1-mini", "--skip-invalid", "--dry-run"]
    assert run(train) == 1
    assert run([*train, "--mask-secrets"]) == 0
    shown = capsys.readouterr()
    assert "[SECRET] is sent in its place" in shown.err
    contents = written_strings(folder, leave=("d.jsonl", "cache"))
    assert leaking({**contents, "screen": (shown.out + shown.err).encode()}) == []


def test_a_secret_that_an_edit_or_an_added_example_brings_in_is_found_and_one_edited_away_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = (SAMPLES / "support_desk.jsonl").read_text().splitlines(keepends=True)[:30]
    with_key = {"messages": [user("What is it?"), answer(f"It is {KEYS['OpenAI']}.")]}
    (tmp_path / "d.jsonl").write_text("".join([*lines, json.dumps(with_key) + "\n"]))
    export = ["export", "d.jsonl", "--target", "huggingface", "--out", "out", "--quiet"]
    assert run(export) == 1
    write(tmp_path, 30, "It is in the vault.", action="edit")
    assert run(export) == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["secrets"] == {
        "policy": "none found",
        "examples": 0,
    }
    write(tmp_path, 3, f"Take {KEYS['GitHub']}.", action="edit")
    assert run([*export, "--replace"]) == 1
    assert run([*export, "--replace", "--mask-secrets"]) == 0
    assert run(["undo", "d.jsonl"]) == 0
    write(tmp_path, None, f"Take {KEYS['Slack']}.", action="add")
    assert run([*export, "--replace"]) == 1
    assert run([*export, "--replace", "--mask-secrets"]) == 0
    assert leaking(written_strings(tmp_path / "out")) == []


def write(folder, position, text, *, action):
    """Edit the example at a position, or add one, as the app does."""
    from curator.audit.ids import ids_of
    from curator.project.decisions.decision import Proposed
    from curator.review.new_content import checked_content, id_of

    content = checked_content({"messages": [user(f"And what is {position}?"), answer(text)]})
    with open_data(DataRequest(data=(str(folder / "d.jsonl"),))) as opened:
        audit = opened.audited(lambda *_: None)
        assert len(list(originals(audit.loaded))) == 31
        id_ = id_of(content) if position is None else ids_of(audit.loaded)[position]
        value = json.dumps(content.identity())
        opened.project.log.append([Proposed(id_, action, value)], "ann")


def test_a_person_who_keeps_a_secret_does_not_send_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [{"messages": [user(f"And {n}?"), answer(f"It is {KEYS['Stripe']}, {n}.")]} for n in range(12)]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(["decide", "d.jsonl", "--where", "check:secret-key", "--keep"]) == 0
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 1
    assert run(["decide", "d.jsonl", "--where", "check:secret-key", "--drop", "--reason", "a secret"]) == 0
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 1  # nothing is left to export


@pytest.mark.parametrize(
    "text",
    [
        "The commit is 3f1a770c9b2d4e5f8a6b7c8d9e0f1a2b3c4d5e6f, and its tree 732f51d4-033a-47be-baf4-c4d2a22f9368.",
        'token_id = "732f51d4-033a-47be-baf4-c4d2a22f9368"; next_page_token = "CAUQAA1b2c3d4e5f6g7h8"',
        "AKIAIOSFODNN7EXAMPLE is Amazon's own example, and YOUR_API_KEY is none either.",
    ],
)
def test_hashes_numbers_and_examples_of_keys_stop_nothing(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    lines = [{"messages": [user(f"Which {n}?"), answer(f"{text} Number {n}.")]} for n in range(12)]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 0


def test_a_table_and_preference_data_are_searched_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"Ask {n},Reply {n}.,{KEYS['npm'] if n == 5 else 'none'}\n" for n in range(12))
    (tmp_path / "d.csv").write_text(f"prompt,completion,remark\n{rows}")
    pair = {"prompt": "Which?", "chosen": "This one.", "rejected": f"That: {KEYS['Google']}"}
    lines = [{**pair, "prompt": f"Which {n}?"} for n in range(12)]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in ("d.csv", "p.jsonl"):
        export = ["export", name, "--target", "huggingface", "--out", f"out-{name}", "--quiet"]
        assert run(export) == 1
        assert run([*export, "--mask-secrets"]) == 0
        assert leaking(written_strings(tmp_path / f"out-{name}")) == []


@pytest.mark.parametrize("target", ["huggingface", "openai"])
@pytest.mark.parametrize("column", ["answer", "ground_truth", "solution", "reward_model", "extra_info"])
def test_what_rewarded_prompts_carry_beside_their_messages_is_masked_too(tmp_path, monkeypatch, column, target):
    monkeypatch.chdir(tmp_path)
    lines = [
        {"prompt": [user(f"What is {n} + 1?")], "answer": f"{n + 1}", "extra_info": {"index": n}} for n in range(120)
    ]
    value = {"reward_model": {"ground_truth": KEYS["npm"]}, "extra_info": {"note": KEYS["npm"]}}.get(
        column, KEYS["npm"]
    )
    lines[7] = {**lines[7], column: value}
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    export = ["export", "d.jsonl", "--target", target, "--out", "out", "--quiet"]
    assert run(export) == 1
    assert run([*export, "--mask-secrets"]) == 0
    assert leaking(written_strings(tmp_path / "out")) == []


def test_an_instruction_and_its_input_stay_apart_when_a_secret_in_them_is_masked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    row = {"instruction": f"Use {KEYS['npm']} to log in.", "input": "At noon.", "output": "I did."}
    (tmp_path / "d.jsonl").write_text(json.dumps(row) + "\n")
    assert run(["export", "d.jsonl", "--target", "alpaca", "--out", "out", "--mask-secrets", "--quiet"]) == 0
    line = json.loads((tmp_path / "out" / "train.jsonl").read_text())
    assert line == {**row, "instruction": "Use [SECRET] to log in."}


def test_the_planted_file_is_where_the_secrets_are(audited):
    assert leaking({"d.jsonl": Path(audited / "d.jsonl").read_bytes()}) == ["d.jsonl"]


def test_a_selected_subset_is_stopped_or_masked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "default")
    lines = (SAMPLES / "support_desk.jsonl").read_text().splitlines(keepends=True)[:30]
    with_key = {"messages": [user("How do I get in?"), answer(f"With {KEYS['Slack']}.")]}
    (tmp_path / "d.jsonl").write_text("".join([*lines, json.dumps(with_key) + "\n"]))
    assert run(["select", "d.jsonl", "--n", "31"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "d.jsonl:31" in shown.err
    assert run(["select", "d.jsonl", "--n", "31", "--mask-secrets"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 31 and "[SECRET]" in shown.out
    assert leaking({"screen": (shown.out + shown.err).encode()}) == []
    assert run(["audit", "d.jsonl", "--html", "r.html", "--fail-on", "never"]) == 0
    assert run(["split", "d.jsonl"]) == 0
    assert leaking(written_strings(tmp_path, leave=("d.jsonl", "cache"))) == []
