"""A curator.toml that came with the data does nothing but describe it, until a person trusts its folder."""

import json

import pytest

from curator.errors import UsageError
from curator.settings.fields import ANY_NAME, known_names
from curator.settings.trust import HARMLESS, NEEDS_TRUST
from tests.audit.run import chat, curator, write
from tests.safety.traps import ROOT, Mark

MODEL = ROOT / "sample_data" / "tiny-llama"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with data; the user's own folders are under the test's."""
    monkeypatch.delenv("CURATOR_MEANING_EMBEDDER", raising=False)
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    (tmp_path / "data").mkdir()
    write(tmp_path / "data" / "chats.jsonl", [chat(f"What is {n}?", f"It is {n * 3}.") for n in range(4)])
    return tmp_path / "data"


def beside(folder, text):
    (folder / "curator.toml").write_text(text)


def show(folder, *more):
    return curator(folder, "show", "chats.jsonl", "--json", *more)


def test_an_embedder_waits_for_trust_with_its_line_and_the_way_to_give_it(folder):
    beside(folder, "# theirs\n[meaning]\nembedder = 'somebody/model'\n")
    refused = show(folder)
    assert refused.code == 2
    assert f"{folder}/curator.toml, line 3: meaning.embedder = 'somebody/model'" in refused.err
    assert f"curator trust {folder}" in refused.err
    assert "waits for `curator trust`" in curator(folder, "config", "show", "chats.jsonl").out
    assert show(folder, "--embedder", "none").code == 0, "what the command line says is the user's own"


def test_trust_holds_until_the_file_changes_or_it_is_taken_back(folder, tmp_path):
    beside(folder, "[meaning]\nembedder = 'somebody/model'\n")
    assert "somebody/model" in curator(folder, "trust", ".").out
    assert show(folder).code == 0
    (listed,) = (tmp_path / "XDG_STATE_HOME" / "curator").glob("trusted.json")
    assert listed.stat().st_mode & 0o777 == 0o600
    assert curator(folder, "trust", "--list").out == f"{folder}\n"
    beside(folder, "[meaning]\nembedder = 'another/model'\n")
    assert show(folder).code == 2
    assert "changed since" in curator(folder, "trust", "--list").out
    curator(folder, "trust", ".")
    assert show(folder).code == 0
    assert curator(folder, "trust", ".", "--remove").code == 0
    assert show(folder).code == 2
    assert curator(folder, "trust", ".", "--remove").code == 2


def test_a_copy_of_a_trusted_file_elsewhere_is_not_trusted(folder, tmp_path):
    beside(folder, "[meaning]\nembedder = 'somebody/model'\n")
    curator(folder, "trust", ".")
    folder.rename(tmp_path / "moved")
    assert show(tmp_path / "moved").code == 2


def test_what_the_user_sets_needs_no_trust_and_what_was_there_before_still_does(folder):
    assert curator(folder, "config", "set", "meaning.embedder", "a/model", "chats.jsonl").code == 0
    assert curator(folder, "config", "set", "review.theme", "nord", "chats.jsonl").code == 0
    assert show(folder).code == 0
    beside(folder, "[meaning]\nembedder = 'somebody/model'\n")
    assert curator(folder, "config", "set", "review.theme", "nord", "chats.jsonl").code == 2
    assert show(folder).code == 2


def test_a_tokenizer_is_read_beside_the_file_and_nowhere_else(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "tokenizer").mkdir()
    (folder / "link").symlink_to(elsewhere)
    for name in (str(elsewhere), "../elsewhere", "link", "./link"):
        beside(folder, f"[tokens]\ntokenizer = {name!r}\n")
        refused = show(folder)
        assert refused.code == 2, name
        assert "reads files outside the folder" in refused.err
    beside(folder, "[tokens]\ntokenizer = 'tokenizer'\n")
    assert show(tmp_path, "--project", "p").code in (0, 2)
    assert curator(tmp_path, "config", "show", "data/chats.jsonl").out.count(str(folder / "tokenizer")) == 1
    (folder / "tokenizer" / "tokenizer.json").symlink_to(MODEL / "tokenizer.json")
    assert "reads files outside the folder" in show(folder).err


def test_a_model_that_brings_code_is_never_run_trusted_or_named_on_the_command_line(folder, tmp_path):
    mark = Mark(tmp_path / "mark")
    model = folder / "model"
    model.mkdir()
    (model / "evil.py").write_text(mark.code("model"))
    beside(folder, "[meaning]\nembedder = './model'\n")
    for modules in ([{"idx": 0, "name": "0", "path": "", "type": "evil.Model"}], [{"type": "torch.nn.Tanh"}]):
        (model / "modules.json").write_text(json.dumps(modules))
        assert curator(folder, "audit", "chats.jsonl").code == 2
        curator(folder, "trust", ".")
        refused = curator(folder, "audit", "chats.jsonl")
        assert refused.code == 2
        assert "Code that comes with a model is never run" in refused.err
        assert curator(folder, "audit", "chats.jsonl", "--embedder", "./model").code == 2
        curator(folder, "trust", ".", "--remove")
    (model / "modules.json").write_text("[]")
    (model / "pytorch_model.bin").write_bytes(mark.pickle("weights"))
    refused = curator(folder, "audit", "chats.jsonl", "--embedder", "./model")
    assert refused.code == 2
    assert "pickled weights" in refused.err
    assert mark.sprung == []


def test_every_setting_is_decided_about():
    decided = {*NEEDS_TRUST, *HARMLESS}
    names = {name.partition(f".{ANY_NAME}")[0] for name in known_names()}
    undecided = [name for name in names if not {name, name.rpartition(".")[0]} & decided]
    assert undecided == []
    assert not set(NEEDS_TRUST) & HARMLESS


def test_a_run_that_came_with_the_data_goes_nowhere_but_to_this_users_service(tmp_path, monkeypatch):
    from curator.training.service.launching import begin
    from tests.training.providers.a_run import Run

    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    run = Run(tmp_path / "run", "openai", "https://elsewhere.invalid/v1")
    with pytest.raises(UsageError, match=r"begun at https://elsewhere\.invalid/v1.*nothing was sent"):
        begin(run.folder)
    assert not (run.folder / "job.json").exists()
