"""Draw the README's pictures from the sample data: `python docs/make_pictures.py` writes `docs/pictures/*.svg`.

Each picture is what a command prints on a terminal of 100 columns, in colour, without anything fetched from elsewhere.
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.text import Text

from curator.reporting.model import AuditReport
from curator.reporting.terminal import print_report

HERE = Path(__file__).resolve().parent
DATA = "sample_data/messy.jsonl"
COLUMNS = 100
LINES = 44

LOCAL_FONTS = re.sub(r"@font-face\s*\{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace"
)


def audited(data: str) -> AuditReport:
    """The report that `curator audit` writes about `data`."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "report.json")
        command = [sys.executable, "-P", "-m", "curator", "audit", data, "--project", folder, "--report", str(written)]
        outcome = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
        if outcome.returncode not in (0, 1):
            sys.exit(outcome.stderr)
        return AuditReport.model_validate_json(written.read_bytes())


def picture_of(report: AuditReport, title: str) -> str:
    """The first lines of the terminal report as SVG."""
    plain = Console(file=io.StringIO(), width=COLUMNS, force_terminal=True, color_system="truecolor")
    print_report(report, plain, full=False)
    lines = Text.from_ansi(plain.file.getvalue()).split("\n")[:LINES]  # type: ignore[attr-defined]
    recording = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    for line in lines:
        recording.print(line)
    return recording.export_svg(title=title, code_format=LOCAL_FONTS, unique_id="audit")


def main() -> None:
    """Write every picture."""
    target = HERE / "pictures" / "audit.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(picture_of(audited(DATA), f"curator audit {DATA}"), encoding="utf-8")
    print(target)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
