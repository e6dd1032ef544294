"""An export holds the pictures that its examples name, so that it can be moved; and nothing from elsewhere."""

import json

import pytest

from curator.cli.boundary import run

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
    folder = tmp_path / "desk"
    for place in ("one", "two"):
        (folder / place).mkdir(parents=True)
        (folder / place / "a.png").write_bytes(PICTURE + place.encode())
    (tmp_path / "private.png").write_bytes(PICTURE + b"private")
    monkeypatch.chdir(folder)
    return folder


def write(folder, names, shape):
    lines = []
    for number, name in enumerate(names):
        asked = f"What is in picture {number}?"
        answer = {"role": "assistant", "content": f"A heron, {number}."}
        parts = [{"type": "image", "image": name}, {"type": "text", "text": asked}]
        lines.append(
            {"messages": [{"role": "user", "content": parts}, answer]}
            if shape == "part"
            else {"messages": [{"role": "user", "content": f"<image>{asked}"}, answer], "images": [name]}
        )
    (folder / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def named(folder):
    names = []
    for path in (folder / "train.jsonl", folder / "validation.jsonl"):
        for line in path.read_text().splitlines() if path.exists() else ():
            value = json.loads(line)
            content = value["messages"][0]["content"]
            names.append(value["images"][0] if "images" in value else content[0]["image"])
    return sorted(names)


@pytest.mark.parametrize("shape", ["part", "field"])
def test_files_beside_the_data_are_copied_once_each_under_a_name_of_their_own(desk, shape, capsys):
    write(desk, ["one/a.png", "two/a.png", "one/a.png"], shape)
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 0
    assert "2  files that examples name, copied to out/media" in capsys.readouterr().out
    assert named(desk / "out") == ["media/a-2.png", "media/a.png", "media/a.png"]
    assert (desk / "out" / "media" / "a.png").read_bytes() == PICTURE + b"one"
    assert (desk / "out" / "media" / "a-2.png").read_bytes() == PICTURE + b"two"
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out", "--replace"]) == 0
    (desk / "out" / "media" / "mine.png").write_bytes(PICTURE)
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out", "--replace"]) == 2
    assert "media/mine.png" in capsys.readouterr().err and (desk / "out" / "media" / "mine.png").exists()
    assert run(["audit", "out/train.jsonl", "--target", "huggingface", "--fail-on", "media-missing>0"]) == 0


@pytest.mark.parametrize("name", ["../private.png", "{}/private.png", "link.png", "http://h.io/a.png"])
def test_what_is_outside_the_folder_of_the_data_is_named_as_before_and_not_read(desk, name):
    (desk / "link.png").symlink_to(desk.parent / "private.png")
    name = name.format(desk.parent)
    write(desk, [name] * 3, "part")
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 0
    assert set(named(desk / "out")) == {name} and not (desk / "out" / "media").exists()


def test_a_target_without_pictures_gets_no_copies(desk):
    write(desk, ["one/a.png"] * 3, "part")
    assert run(["export", "d.jsonl", "--target", "alpaca", "--out", "out"]) == 0
    assert not (desk / "out" / "media").exists()


def test_a_file_that_is_not_there_is_said(desk, capsys):
    write(desk, ["gone.png"] * 3, "part")
    assert run(["export", "d.jsonl", "--target", "huggingface", "--out", "out"]) == 0
    assert "1  files that examples name are not there" in capsys.readouterr().out
    assert set(named(desk / "out")) == {"gone.png"}
