"""Which models are offered to train on."""

from pathlib import Path

import pytest

from curator.training.base_models import bundled_model, cached_models


def test_only_cached_models_with_weights_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    whole = tmp_path / "models--someone--a-model" / "snapshots" / "abc"
    whole.mkdir(parents=True)
    (whole / "config.json").write_text("{}")
    (whole / "model.safetensors").write_bytes(b"")
    (tmp_path / "models--someone--only-a-tokenizer" / "snapshots" / "abc").mkdir(parents=True)
    assert cached_models() == ["someone/a-model"]


def test_the_bundled_model_is_there_in_a_clone() -> None:
    bundled = bundled_model()
    assert bundled is not None and (bundled / "config.json").is_file()
