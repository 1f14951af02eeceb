"""A votes file that is damaged is named and kept aside, and counting goes on."""

import logging

import pytest

from bot.web.votes import Counts, Votes


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"up": -1}', b'{"up": "2"}', b'{"up": 1, "x": 2}', b"\xff", b"[" * 9999]
)
def test_damaged_votes_are_set_aside(tmp_path, caplog, content) -> None:
    path = tmp_path / "votes.json"
    for n in (1, 2):
        path.write_bytes(content)
        votes = Votes(path)
        assert votes.counts == Counts()
        assert (tmp_path / f"votes.json.damaged-{n}").read_bytes() == content
        assert f"kept as votes.json.damaged-{n}" in caplog.text
    votes.add("up")
    assert Votes(path).counts == Counts(up=1)


def test_a_folder_in_place_of_votes_is_named_and_left(tmp_path, caplog) -> None:
    path = tmp_path / "votes.json"
    path.mkdir()
    votes = Votes(path)
    votes.add("up")
    assert votes.counts == Counts(up=1)
    assert str(path) in caplog.text
    assert path.is_dir()


def test_votes_that_cannot_be_written_are_counted_on(tmp_path, caplog) -> None:
    votes = Votes(tmp_path / "nowhere" / "votes.json")
    with caplog.at_level(logging.ERROR):
        votes.add("down")
    assert votes.counts == Counts(down=1)
    assert "cannot be written" in caplog.text
