"""The start: what is wrong is said before anything slow is done, in our own words."""

import socket

import app


def test_a_port_in_use_is_said_before_the_build(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("CHATBOT_INDEX", str(tmp_path / "index"))  # nothing is built there
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert app.main(["--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert (
        said == f"error: 127.0.0.1, port {port}: cannot be listened on (Address already in use); expected a free port\n"
    )
    assert not (tmp_path / "index").exists()


def test_every_option_is_explained() -> None:
    for action in app.parser()._actions:
        assert action.help, action.dest
