"""The app as textual-serve runs it: `python -m curator.tui.web REQUEST`, a process for each page that is open."""

import sys

import msgspec

from curator.settings.request import DataRequest
from curator.tui.app import CuratorApp
from curator.tui.pauses import collect_seldom


def main() -> None:
    """Open the data of the request, a JSON object, and run until the page is closed."""
    asked = msgspec.json.decode(sys.argv[1])
    lists = {name: tuple(value) for name, value in asked.items() if isinstance(value, list)}
    app = CuratorApp(readonly="--readonly" in sys.argv)
    app.open(DataRequest(**{**asked, **lists}))
    collect_seldom()
    sys.exit(app.run_to_the_end())


if __name__ == "__main__":
    main()
