"""Damage a file at random places, and count the undamaged examples that are not read.

    python -m benchmarks.audit.damage [PLACES] [SEED]

Arrays (on one line, and written over several), lists in an object, and tables with and without quotes, in several
scripts. Each place is one of: bytes taken out, a symbol put in, a byte replaced, bytes that are not UTF-8, NUL bytes,
a stretch written twice. An example counts as undamaged where the damage touches no byte of it nor the one before it.
"""

import csv
import io
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

from curator.data.sources.source import blocks, expand

TEXTS = (
    "How do I rinse rice before cooking it?",
    "Wo bleibt mein Paket, „Nummer 7“?",
    "部屋の鍵はどこですか。",
    "أين تقع المحطة؟",
    'He said "no", and left; {"a": [1, 2]}, 5" pipe | tab',
    "First line,\nsecond line.\n\n- a list, with commas",
)
SYMBOLS = (*(bytes([byte]) for byte in b'"\\{}[],:;\n\t'), b"\xff\xfe", b"\x00\x00", b'""', b"}]", b'{"')


class Damaged(NamedTuple):
    """A file with one damage, and what is whole in it."""

    name: str
    data: bytes
    undamaged: list[dict[str, object]]


def examples(count: int, rng: Random) -> list[dict[str, object]]:
    """Conversations that differ."""
    return [
        {
            "messages": [
                {"role": "user", "content": f"{rng.choice(TEXTS)} ({number})"},
                {"role": "assistant", "content": f"{rng.choice(TEXTS)} " * rng.randrange(1, 4)},
            ],
            "id": number,
        }
        for number in range(count)
    ]


def json_file(kind: str, rng: Random) -> tuple[bytes, list[tuple[int, int, dict[str, object]]]]:
    """A JSON file, and where in it each example is."""
    parts, spans = [{"object": b'{"version": 1, "data": [\n'}.get(kind, b"[")], []
    for value in examples(rng.randrange(3, 40), rng):
        raw = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=2 if kind == "indented" else None).encode()
        begin = sum(map(len, parts))
        spans.append((begin, begin + len(raw), value))
        parts += [raw, b",\n" if kind != "line" else b", "]
    parts[-1] = b"]}" if kind == "object" else b"]"
    return b"".join(parts), spans


def table(kind: str, rng: Random) -> tuple[bytes, list[tuple[int, int, dict[str, object]]]]:
    """A CSV file, and where in it each row is."""
    buffer = io.StringIO()
    quoting = csv.QUOTE_ALL if kind == "all in quotes" else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, quoting=quoting, lineterminator=rng.choice(("\n", "\r\n")))
    names = ["id", "prompt", "completion"]
    writer.writerow(names)
    spans = []
    for number in range(rng.randrange(3, 60)):
        texts = [TEXTS[0]] if kind == "without quotes" else TEXTS
        row = [str(number), f"{rng.choice(texts)} {number}", f"{rng.choice(texts)} so {number}"]
        begin = len(buffer.getvalue().encode())
        writer.writerow(row)
        spans.append((begin, len(buffer.getvalue().encode()), dict(zip(names, row, strict=True))))
    return buffer.getvalue().encode(), spans


def damaged(rng: Random) -> Damaged:
    """One file with one damage behind its beginning."""
    kind = rng.choice(("line", "lines", "indented", "object", "all in quotes", "where needed", "without quotes"))
    is_json = kind in ("line", "lines", "indented", "object")
    data, spans = (json_file if is_json else table)(kind, rng)
    begin = rng.randrange(spans[0][0], len(data))
    end = min(len(data), begin + rng.choice((0, 1, 1, 2, 9, 40)))
    new = rng.choice((b"", b"", *SYMBOLS, data[begin:end] * 2))
    if not new and begin == end:
        end += 1
    undamaged = [value for first, last, value in spans if last <= begin or end < first]
    return Damaged(f"{kind}.{'json' if is_json else 'csv'}", data[:begin] + new + data[end:], undamaged)


def missing(file: Damaged, folder: Path) -> tuple[list[dict[str, object]], int]:
    """The undamaged examples that are not read, and the faults that were found."""
    path = folder / file.name
    path.write_bytes(file.data)
    read, faults = Counter[str](), 0
    for source in expand([str(path)]):
        for block in blocks(source):
            for position, (_, raw, _) in enumerate(block.elements()):
                faults += position in block.faults
                if position not in block.faults:
                    try:
                        read[json.dumps(json.loads(raw), sort_keys=True)] += 1
                    except ValueError:
                        faults += 1
    return [value for value in file.undamaged if not read[json.dumps(value, sort_keys=True)]], faults


def main() -> None:
    """Print what was lost."""
    places = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    rng = Random(seed)
    lost, undamaged = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(places):
            file = damaged(rng)
            gone, faults = missing(file, Path(folder))
            undamaged[file.name] += len(file.undamaged)
            lost[file.name] += len(gone)
            if gone:
                (Path(tempfile.gettempdir()) / f"damage-{number}-{file.name}").write_bytes(file.data)
                print(f"place {number}, {file.name}: {len(gone)} lost, {faults} faults; first {gone[0]}")
    for name in sorted(undamaged):
        print(f"{name}: {lost[name]} of {undamaged[name]:,} undamaged examples lost")
    print(f"{places} places: {lost.total()} of {undamaged.total():,} undamaged examples lost")


if __name__ == "__main__":
    main()
