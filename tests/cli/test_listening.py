"""Starting and not starting: whatever is in the way is told in one line, with what to type instead."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from kb.cli import listening
from kb.cli.listening import ListeningError, listen, url
from kb.version import Software
from tests.conftest import SMALL
from tests.soak.running import Running, free_port

ROOT = Path(__file__).parents[2]


def serve(*options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`kb serve` that is expected not to start."""
    command = [sys.executable, "-m", "kb", "serve", "--content", str(SMALL), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def proposed(told: str) -> int:
    """The port that a line proposes."""
    found = re.search(r"--port (\d+)", told)
    assert found, told
    return int(found[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104
def test_a_port_that_is_taken_is_told_in_one_line_with_a_free_one(taken: int, host: str) -> None:
    failed = serve("--host", host, "--port", str(taken))

    assert failed.returncode == 2
    assert failed.stderr.startswith(f"kb : le port {taken} est déjà pris")
    assert failed.stderr.count("\n") == 1
    listen(host, proposed(failed.stderr)).close()


def test_a_second_server_on_a_port_does_not_start_and_the_first_goes_on(folder: Path, tmp_path: Path) -> None:
    with Running(folder, tmp_path / "index", tmp_path / "log", KB_WORKERS="2") as first:
        for _ in range(3):
            second = serve("--port", str(first.port), KB_INDEX=str(tmp_path / "index"))
            assert (second.returncode, second.stdout) == (2, "")
            assert "peut-être par un autre « kb serve »" in second.stderr

        first.get("/sante")


def test_a_server_starts_again_at_once_on_the_port_it_just_left(folder: Path, tmp_path: Path) -> None:
    first = Running(folder, tmp_path / "index", tmp_path / "log")
    with first:
        first.get("/")
    again = Running(folder, tmp_path / "index", tmp_path / "log")
    again._command[again._command.index("--port") + 1] = str(first.port)
    again.port = first.port

    with again:
        assert b"<html" in again.get("/")


#: (--host, what is told)
HOSTS = [
    ("192.0.2.1", "« 192.0.2.1 » n’est pas une adresse de cette machine"),
    ("pas-une-machine.invalid", "« pas-une-machine.invalid » n’est le nom d’aucune machine"),
    ("é" * 70, "n’est le nom d’aucune machine"),
    ("http://localhost", "« http://localhost » n’est le nom d’aucune machine"),
]


@pytest.mark.parametrize(("host", "told"), HOSTS)
def test_a_host_that_is_not_this_machine_is_told_with_what_to_write(host: str, told: str) -> None:
    with pytest.raises(ListeningError, match=r"écrivez --host 127\.0\.0\.1") as refused:
        listen(host, free_port())

    assert told in str(refused.value)


#: (what the system answers, what is told); bound to fail on no machine that tests run on
ANSWERS = [
    (errno.EACCES, "ce compte n’a pas le droit d’écouter sur le port 80 ; essayez --port 8"),
    (errno.EPERM, "ce compte n’a pas le droit d’écouter sur le port 80 ; essayez --port 8"),
    (errno.EAFNOSUPPORT, "cette machine n’a pas de réseau pour l’adresse « localhost » ; écrivez --host"),
    (errno.ENOBUFS, "impossible d’écouter sur http://localhost:80 ("),
]


@pytest.mark.parametrize(("number", "told"), ANSWERS)
def test_what_the_system_answers_is_told_in_french(
    monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    real = socket.socket.bind

    class Refusing(socket.socket):
        def bind(self, address: tuple[str, int]) -> None:  # type: ignore[override]
            if address[1] == 80:
                raise OSError(number, os.strerror(number))
            real(self, address)

    monkeypatch.setattr(listening.socket, "socket", Refusing)

    with pytest.raises(ListeningError) as refused:
        listen("localhost", 80)

    assert str(refused.value).startswith(told)


#: (--host, address printed)
PRINTED = [
    ("127.0.0.1", "http://127.0.0.1:8000"),
    ("localhost", "http://localhost:8000"),
    ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
    ("::1", "http://[::1]:8000"),
    ("[::1]", "http://[::1]:8000"),
    ("::", "http://[::1]:8000"),
    ("2001:db8::7", "http://[2001:db8::7]:8000"),
    ("base.ville.fr", "http://base.ville.fr:8000"),
]


@pytest.mark.parametrize(("host", "address"), PRINTED)
def test_the_address_printed_is_one_to_type(host: str, address: str) -> None:
    assert url(host, 8000) == address


def has_ipv6() -> bool:
    try:
        listen("::1", 0).close()
    except ListeningError:
        return False
    return True


def test_a_name_listens_where_the_name_leads() -> None:
    with closing(listen("localhost", 0)) as made:
        assert made.getsockname()[0] == "127.0.0.1"


def test_an_ipv6_address_is_listened_on_or_told() -> None:
    if has_ipv6():
        with closing(listen("[::1]", 0)) as made:
            assert made.getsockname()[0] == "::1"
    else:
        with pytest.raises(ListeningError, match=r"écrivez --host 127\.0\.0\.1"):
            listen("::1", 0)


def test_the_version_names_the_commit_on_the_command_line_and_in_health(
    kb: Callable[..., Result], client: FlaskClient
) -> None:
    told = client.get("/sante").get_json()["software"]

    line = kb("--version").output

    assert line.startswith(f"kb {Software(told['version'], told['commit'])}"[:-1])
    assert re.fullmatch(r"[0-9a-f]{40}|", told["commit"])


#: (what is known, what is told)
SOFTWARE = [
    (Software("0.1.0", "126d6ef5b00ef2"), "0.1.0 (126d6ef)"),
    (Software("0.1.0", "126d6ef5b00ef2", edited=True), "0.1.0 (126d6ef, modifié)"),
    (Software("0.1.0", ""), "0.1.0 (commit inconnu)"),
    (Software("", ""), "non installé (commit inconnu)"),
]


@pytest.mark.parametrize(("software", "told"), SOFTWARE)
def test_what_is_not_known_of_the_software_is_told_as_such(software: Software, told: str) -> None:
    assert str(software) == told
