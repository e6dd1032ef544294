"""Keys of the services on this machine."""

import pytest

from curator.training.service.api_keys import VARIABLES
from tests.training.providers.loopback import KEY


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES.values():
        monkeypatch.setenv(variable, KEY)
