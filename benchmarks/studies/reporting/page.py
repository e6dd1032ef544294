"""The HTML report in a browser, checked by axe-core.

`python -m benchmarks.studies.reporting.page [DATA...] [--pictures DIR]` needs Chromium (`--browser`) and the packages
playwright and axe-playwright-python, which `make` does not install; `--packages` names a folder that holds them.
Without DATA the page is that of `sample_data/messy.jsonl`. Each page is looked at on a phone and on a desk, light and
dark, as it opens, with everything unfolded, with each colouring of the map, and with its panel.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curator.cli.boundary import run

SAMPLE = Path(__file__).parents[3] / "sample_data" / "messy.jsonl"
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
STATES = {
    "as it opens": "null",
    "unfolded": "for (const one of document.querySelectorAll('details')) one.open = true",
    "by finding": "document.getElementById('by-finding')?.click()",
    "by decision": "document.getElementById('by-decision')?.click()",
    "with the panel of a point": """
        document.querySelector('#map circle')?.dispatchEvent(new MouseEvent('click', {bubbles: true}))""",
    "with some checks only": """
        document.getElementById('filter').value = 'error';
        document.getElementById('filter').dispatchEvent(new Event('input'))""",
}
"""What is done to the page, one after the other."""


def report_of(data: Path, folder: Path) -> Path:
    """The page of an audit of `data`, in a project of its own."""
    page = folder / f"{data.stem}.html"
    run(
        [
            "audit",
            str(data),
            "--quiet",
            "--fail-on",
            "never",
            "--project",
            str(folder / "project"),
            "--report",
            str(page),
        ]
    )
    return page


def violations(browser: Any, page: Path, pictures: Path | None) -> Iterator[tuple[str, str, str]]:
    """What axe-core objects to: how grave, its rule, and where. Also a page that is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    for width in WIDTHS:
        for scheme in SCHEMES:
            view = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            tab = view.new_page()
            tab.goto(page.as_uri())
            for state, script in STATES.items():
                tab.evaluate(script)
                place = f"{page.name}, {width} px, {scheme}, {state}"
                if tab.evaluate("document.documentElement.scrollWidth") > width:
                    yield "serious", "wider-than-the-screen", place
                for found in axe.run(tab).response["violations"]:
                    yield found["impact"], found["id"], f"{place}: {found['nodes'][0]['html'][:120]}"
                if pictures is not None:
                    tab.screenshot(path=pictures / f"{page.stem}-{width}-{scheme}-{state.replace(' ', '-')}.png")
            view.close()


def main() -> None:
    """Print each objection once for each state it holds in, and how many there are by gravity."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    if options.packages:
        sys.path.append(str(options.packages))
    from playwright.sync_api import sync_playwright

    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for data in options.data:
            for impact, rule, place in violations(browser, report_of(data, Path(folder)), options.pictures):
                counts[impact] += 1
                print(f"{impact} {rule}: {place}")
        browser.close()
    states = len(options.data) * len(WIDTHS) * len(SCHEMES) * len(STATES)
    print(f"{states} states of {len(options.data)} pages: {dict(counts) or 'nothing found'}")


if __name__ == "__main__":
    main()
