"""Who starts the program for the first time is told why it takes longer, and nobody else is."""

import pytest

from curator import jit
from curator.audit.loading.load import COMPILING
from curator.audit.open_data import open_data
from curator.duplicates.block_features import block_features
from curator.settings.request import DataRequest
from tests.audit.run import chat, write
from tests.duplicates.reference import views


@pytest.mark.parametrize("first", [True, False])
def test_compiling_is_named_where_it_will_happen(tmp_path, monkeypatch, first):
    block_features(views([("a", "b")]))
    if first:
        monkeypatch.setattr(jit, "CACHE", tmp_path / "kernels")
    data = tmp_path / write(tmp_path / "chats.jsonl", [chat("What is red?", "A colour.")])
    said = []
    with open_data(DataRequest(data=(str(data),))) as opened:
        opened.audited(lambda stage, _done, _total: said.append(stage))
    assert (COMPILING in said) == first
    assert said[-1] != COMPILING
