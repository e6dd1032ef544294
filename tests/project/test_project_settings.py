"""Settings: who outranks whom, where each comes from, and what a mistake says."""

import re

import pytest

from curator.errors import UnreadableInput, UsageError
from curator.settings.fields import Settings, known_names
from curator.settings.request import DataRequest
from curator.settings.resolve import explained, project_file, settings_for, user_file
from curator.settings.skeleton import skeleton

REQUEST = DataRequest(data=("chats.jsonl",))


@pytest.fixture
def beside(data):
    """Write the curator.toml beside the data."""
    return lambda text: data.with_name("curator.toml").write_text(text)


def origins(data, request=REQUEST, **given):
    return {shown.name: (shown.value, shown.origin) for shown in explained(request, [data], given)}


def test_without_any_file_the_defaults_apply(data):
    assert settings_for(REQUEST, [data]) == Settings()
    assert {origin for _, origin in origins(data).values()} == {"default"}


def test_command_line_outranks_environment_outranks_project_outranks_user_outranks_default(data, beside, monkeypatch):
    user_file().parent.mkdir(parents=True)
    levels = [("default", None)]
    user_file().write_text("[tokens]\nmax_tokens = 1\ntarget = 'openai'")
    levels.append((f"{user_file()}, line 2", 1))
    assert origins(data)["tokens.max_tokens"] == levels[-1][::-1]
    beside("# mine\n[tokens]\nmax_tokens = 2")
    assert origins(data)["tokens.max_tokens"] == (2, f"{data.with_name('curator.toml')}, line 3")
    monkeypatch.setenv("CURATOR_TOKENS_MAX_TOKENS", "3")
    assert origins(data)["tokens.max_tokens"] == (3, "the environment variable CURATOR_TOKENS_MAX_TOKENS")
    assert origins(data, DataRequest(data=(), max_tokens=4))["tokens.max_tokens"] == (4, "the command line")
    assert origins(data)["tokens.target"] == ("openai", f"{user_file()}, line 3")


def test_another_settings_file_takes_the_place_of_the_one_beside_the_data(data, beside, tmp_path):
    beside("[tokens]\nmax_tokens = 2")
    (tmp_path / "other.toml").write_text("[split]\nseed = 9")
    settings = settings_for(DataRequest(data=(), config=str(tmp_path / "other.toml")), [data])
    assert (settings.max_tokens, settings.split.seed) == (None, 9)
    with pytest.raises(UnreadableInput, match=r"missing\.toml does not exist"):
        settings_for(DataRequest(data=(), config="missing.toml"), [data])


def test_every_section_arrives_where_it_belongs(data, beside):
    beside("""
        [read]
        format = "sharegpt"
        [columns]
        prompt = "question"
        answer = "reply"
        [check]
        select = ["refusal"]
        fail-on = "near-duplicate>1%"
        [check.thresholds]
        share-of-set = 0.9
        [split]
        validation = 0.2
        group_by = "source"
        [policies."very strict"]
        include = ["safe"]
        drop = ["check:refusal"]
        [labels.tone]
        values = ["warm", "cold"]
        [annotator]
        name = "anna"
    """)
    settings = settings_for(REQUEST, [data])
    assert settings.format == "sharegpt"
    assert settings.columns == {"prompt": "question", "answer": "reply"}
    assert (settings.select, settings.fail_on, settings.thresholds.share_of_set) == (
        ("refusal",),
        "near-duplicate>1%",
        0.9,
    )
    assert (settings.split.validation, settings.split.test, settings.split.group_by) == (0.2, 0.0, "source")
    assert settings.policies["very strict"].drop == ("check:refusal",)
    assert (settings.labels["tone"].kind, settings.labels["tone"].values) == ("choice", ("warm", "cold"))
    assert settings.annotator == "anna"
    assert origins(data)["policies.very strict.drop"][0] == ("check:refusal",)


def test_lists_in_the_environment_have_commas(data, monkeypatch):
    monkeypatch.setenv("CURATOR_CHECK_IGNORE", "refusal, repetition")
    assert settings_for(REQUEST, [data]).ignore == ("refusal", "repetition")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[tokens]\n\nmax_token = 5",
            r"line 3: there is no setting 'tokens.max_token'. Did you mean max_tokens in \[tokens\]",
        ),
        ("max_tokens = 5", r"line 1: there is no setting 'max_tokens'. Did you mean max_tokens in \[tokens\]"),
        ("[token]\nmax_tokens = 5", r"line 1: there is no setting 'token'"),
        ("[check.thresholds]\nshare_of_sets = 1", r"line 2: .*Did you mean share_of_set in \[check\.thresholds\]"),
        ("[policies.mine]\nincludes = ['safe']", r"line 2: .*Did you mean include in \[policies\.NAME\]"),
        ("[policies]\nmine = 5", r"line 2: there is no setting 'policies\.mine'"),
        ("[columns]\nquestion = 'q'", r"line 2: there is no setting 'columns\.question'"),
        ("[tokens]\nmax_tokens = 0", r"line 2: tokens\.max_tokens = 0 is not possible.*greater than or equal to 1"),
        ("[tokens]\nmax_tokens = {a = 1}", r"line 2: tokens\.max_tokens = .* is not possible"),
        ("[columns]\nprompt = 5", r"line 2: columns\.prompt = 5 is not possible"),
        ("[labels.tone]\nkind = 'mood'", r"line 2: labels\.tone\.kind = 'mood' is not possible"),
        ("[split]\nvalidation = 'much'", r"line 2: split\.validation = 'much' is not possible"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_the_nearest_name(data, beside, text, sentence):
    beside(text)
    with pytest.raises(UsageError, match=sentence) as refusal:
        settings_for(REQUEST, [data])
    assert str(data.with_name("curator.toml")) in str(refusal.value)


@pytest.mark.parametrize("content", [b"[tokens\n", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_told(data, content):
    data.with_name("curator.toml").write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"curator\.toml is not sound TOML"):
        settings_for(REQUEST, [data])


def test_an_unknown_environment_variable_names_the_nearest(data, monkeypatch):
    monkeypatch.setenv("CURATOR_TOKENS_MAXTOKENS", "5")
    with pytest.raises(
        UsageError, match=r"CURATOR_TOKENS_MAXTOKENS is no setting. Did you mean CURATOR_TOKENS_MAX_TOKENS"
    ):
        settings_for(REQUEST, [data])


def test_files_of_several_folders_have_their_settings_where_those_meet(tmp_path, data):
    (tmp_path / "deep").mkdir()
    data.with_name("curator.toml").write_text("")
    assert project_file([data, tmp_path / "deep" / "more.jsonl"]) == tmp_path / "curator.toml"
    assert project_file([]) is None


def test_the_skeleton_changes_nothing_as_it_is(data, beside):
    beside(skeleton())
    assert settings_for(REQUEST, [data]) == Settings()


def test_the_skeleton_without_comment_signs_sets_everything_there_is(data, beside):
    beside(re.sub(r"^#(?=[\[\w])", "", skeleton(), flags=re.MULTILINE))
    settings_for(REQUEST, [data])
    named = {
        re.sub(r"^(policies|labels)\.\w+", r"\1.*", name)
        for name, (_, origin) in origins(data).items()
        if origin != "default"
    }
    assert named == set(known_names())
