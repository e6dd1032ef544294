"""A judge behind a loopback endpoint, in a process of its own: it answers after a set time, by a table of odds.

Usage: python -m benchmarks.studies.scoring.endpoint MILLISECONDS TABLE.npy

It prints its port. TABLE holds a row per example, the probabilities of the levels 1 to 5; a request names its example
as `Answer number N`.
"""

import asyncio
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_NUMBER = re.compile(rb"Answer number (\d+)")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def answer(odds: np.ndarray) -> bytes:
    """The body of one answer, with the log-probabilities of the levels."""
    level = int(odds.argmax()) + 1
    top = [{"token": str(n + 1), "logprob": math.log(max(share, 1e-9))} for n, share in enumerate(odds.tolist())]
    tokens = [{"token": '{"reason": "", "score":', "logprob": 0, "top_logprobs": []}]
    tokens.append({"token": f" {level}", "logprob": 0, "top_logprobs": top})
    message = {"role": "assistant", "content": json.dumps({"reason": "", "score": level})}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": {"content": tokens}}
    return json.dumps({"id": "c", "model": "synthetic", "choices": [choice]}).encode()


async def serve(seconds: float, table: np.ndarray) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                found = _LENGTH.search(head)
                body = await reader.readexactly(int(found[1]) if found else 0)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            due = asyncio.get_running_loop().time() + seconds
            number = _NUMBER.search(body)
            content = answer(table[int(number[1]) if number else 0])
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def synthetic(milliseconds: float, table: np.ndarray, folder: Path) -> Iterator[str]:
    """The address of such an endpoint."""
    np.save(folder / "table.npy", table)
    words = [sys.executable, "-m", "benchmarks.studies.scoring.endpoint", str(milliseconds), str(folder / "table.npy")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000, np.load(sys.argv[2])))
