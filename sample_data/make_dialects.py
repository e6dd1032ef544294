"""Write dialects/: two dozen of the support desk's conversations in every other form that such data comes in.

Run as ``python -m sample_data.make_dialects``. The same seed always gives the same bytes. The files hold the same
conversations as far as a form can carry them: some cannot hold several turns or a system message.
"""

import csv
import io
import json
from typing import Any

from sample_data.make_support_desk import HERE, SYSTEM, as_line, closed, make

SEED = 20_261_126
COUNT = 24
FOLDER = HERE / "dialects"

Example = dict[str, Any]
CURT = "Look it up in your account."


def spoken(examples: list[Example]) -> list[list[str]]:
    """The texts of the conversations without tools: question, answer, question, answer ..."""
    return [
        [message["content"] for message in example["messages"][1:]] for example in examples if "tools" not in example
    ]


def messages_of(texts: list[str]) -> list[Example]:
    """The texts as messages, users first."""
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)]


def alpaca(talks: list[list[str]]) -> str:
    """A JSON array; the customer's details stand in ``input``, earlier turns in ``history``."""
    entries = []
    for texts in talks:
        *earlier, question, answer = texts
        history = [[earlier[at], earlier[at + 1]] for at in range(0, len(earlier), 2)]
        instruction, mark, rest = question.partition("? ")
        entry = {"instruction": instruction + mark.strip(), "input": rest, "output": answer, "system": SYSTEM}
        entries.append(entry | ({"history": history} if history else {}))
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def sharegpt(talks: list[list[str]]) -> str:
    """Conversations of ``human`` and ``gpt``."""
    lines = []
    for number, texts in enumerate(talks, 1):
        turns = [{"from": "system", "value": SYSTEM}]
        turns += [{"from": ("human", "gpt")[at % 2], "value": text} for at, text in enumerate(texts)]
        lines.append({"id": f"larkspur-{number}", "conversations": turns})
    return as_lines(lines)


def sharegpt_tools(examples: list[Example]) -> str:
    """Conversations with ``function_call`` and ``observation``, the tools as a JSON string."""
    names = {"user": "human", "assistant": "gpt", "tool": "observation"}
    lines = []
    for example in examples:
        turns = []
        for message in example["messages"][1:]:
            if "tool_calls" in message:
                function = message["tool_calls"][0]["function"]
                call = {"name": function["name"], "arguments": json.loads(function["arguments"])}
                turns.append({"from": "function_call", "value": json.dumps(call)})
            else:
                turns.append({"from": names[message["role"]], "value": message["content"]})
        functions = json.dumps([tool["function"] for tool in example["tools"]])
        lines.append({"conversations": turns, "system": SYSTEM, "tools": functions})
    return as_lines(lines)


def comma_separated(header: list[str], rows: list[list[str]]) -> str:
    """CSV with line ends of its standard, quoted where needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def as_lines(entries: list[Example]) -> str:
    """JSON Lines."""
    return "".join(as_line(entry) + "\n" for entry in entries)


def preferences(talks: list[list[str]]) -> dict[str, str]:
    """The desk's answer against a curt one, as OpenAI and as TRL write it, and judged one by one as for KTO."""
    openai, trl, kto = [], [], []
    for number, texts in enumerate(talks):
        prompt = [{"role": "system", "content": SYSTEM}, *messages_of(texts[:-1])]
        chosen, rejected = ([{"role": "assistant", "content": text}] for text in (texts[-1], CURT))
        openai.append({"input": {"messages": prompt}, "preferred_output": chosen, "non_preferred_output": rejected})
        trl.append({"prompt": prompt, "chosen": chosen, "rejected": rejected})
        good = number % 2 == 0
        kto.append({"prompt": prompt, "completion": chosen if good else rejected, "label": good})
    return {
        "preference_openai.jsonl": as_lines(openai),
        "preference_trl.jsonl": as_lines(trl),
        "kto.jsonl": as_lines(kto),
    }


def functions_of_old(examples: list[Example]) -> str:
    """OpenAI's older form of tools: ``functions``, ``function_call`` and the role ``function``."""
    lines = []
    for example in examples:
        messages = []
        for message in example["messages"]:
            if "tool_calls" in message:
                function = message["tool_calls"][0]["function"]
                messages.append({"role": "assistant", "content": None, "function_call": function})
            elif message["role"] == "tool":
                called = messages[-1]["function_call"]["name"]
                messages.append({"role": "function", "name": called, "content": message["content"]})
            else:
                messages.append(message)
        lines.append({"messages": messages, "functions": [tool["function"] for tool in example["tools"]]})
    return as_lines(lines)


def files() -> dict[str, bytes]:
    """Every file that this script writes, by its name."""
    examples = make(SEED, 5 * COUNT)
    talks = spoken(examples)[:COUNT]
    singles = [texts for texts in talks if len(texts) == 2]
    tools = [example for example in examples if "tools" in example][: COUNT // 2]
    pairs = [[question, answer] for question, answer in singles]
    content = {
        "alpaca.json": alpaca(talks),
        "sharegpt.jsonl": sharegpt(talks),
        "sharegpt_tools.jsonl": sharegpt_tools(tools),
        "openai_tools.jsonl": as_lines(tools),
        "openai_functions.jsonl": functions_of_old(tools),
        "prompt_completion.csv": comma_separated(["prompt", "completion"], pairs),
        "dolly.jsonl": as_lines([dolly(*pair) for pair in pairs]),
        "openorca.jsonl": as_lines([{"system_prompt": SYSTEM, "question": q, "response": a} for q, a in pairs]),
        "question_answer.jsonl": as_lines([{"question": q, "answer": a} for q, a in pairs]),
        "text.jsonl": as_lines([{"text": f"{q}\n\n{a}"} for q, a in pairs]),
        **preferences(talks),
    }
    return {name: text.encode() for name, text in content.items()}


def dolly(question: str, answer: str) -> Example:
    """A question with what the desk knows as its context."""
    body = answer.removesuffix(closed(""))
    first = body.split(". ")[0].removesuffix(".") + "."
    return {"instruction": question, "context": first, "response": answer, "category": "closed_qa"}


def main() -> None:
    """Write the files into the folder beside this script."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
