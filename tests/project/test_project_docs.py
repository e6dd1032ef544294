"""What docs/decisions.md says is so."""

import json
import re
import tomllib
from pathlib import Path

from curator.project.decisions.decision import ACTIONS
from curator.project.decisions.journal import import_journal
from curator.project.decisions.policies import BUILT_IN, Policy, policy_named

TEXT = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)[1]


def test_every_action_and_policy_is_explained():
    assert [action for action in (*ACTIONS, *BUILT_IN) if f"`{action}`" not in TEXT] == []


def test_the_policy_shown_is_one():
    own = {name: Policy(**table) for name, table in tomllib.loads(block("toml"))["policies"].items()}
    assert policy_named("strict", own).fix


def test_the_line_shown_can_be_imported(project):
    line = json.dumps(json.loads(block("json"))).encode()
    assert import_journal(project.log, [line], "docs/decisions.md") == (1, 0)
