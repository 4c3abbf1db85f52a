"""What an operator is given: the files of deploy/ and the table of variables, without the tools they name."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from pathlib import Path

import click
import pytest

from kb.cli import main
from kb.content.typography import french_markdown
from web import DEFAULTS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "exploitation.md").read_text(encoding="utf-8")
NGINX = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
SERVE = main.commands["serve"]
OPTIONS = {name for one in SERVE.params if isinstance(one, click.Option) for name in one.opts}
#: not for operators: what a test or a library sets
INNER = {"MAX_CONTENT_LENGTH", "TEMPLATES_AUTO_RELOAD"}
VARIABLES = {f"KB_{name}" for name in DEFAULTS.keys() - INNER} | {
    str(one.envvar) for one in SERVE.params if one.envvar
}
TESTS = {
    name
    for path in ROOT.glob("tests/*/test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_a_variable_has_its_default_its_effect_and_its_test(variable: str) -> None:
    row = re.search(rf"^\| `{variable}` \| (.+) \| (.+) \| `(\w+)` \|$", GUIDE, re.MULTILINE)

    assert row, f"docs/exploitation.md: a row for {variable}"
    assert row[3] in TESTS


def test_every_test_that_the_guide_names_exists() -> None:
    assert set(re.findall(r"`(test_\w+)`", GUIDE)) - TESTS == set()


def test_the_guide_has_french_typography() -> None:
    assert french_markdown(GUIDE) == GUIDE


@pytest.mark.parametrize("name", ["nginx.conf", "kb.service", "Containerfile"])
def test_a_file_names_only_variables_and_options_that_exist(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")

    assert set(re.findall(r"\bKB_[A-Z_]+", text)) - VARIABLES == set()
    commands = re.findall(r'kb serve((?: --\S+ \S+)+)|"kb", "serve", (.+)\]', text)
    for words in (plain or quoted.replace('"', "").replace(",", "") for plain, quoted in commands):
        assert {word for word in words.split() if word.startswith("--")} <= OPTIONS


def servers() -> list[str]:
    """The server blocks of nginx.conf."""
    return re.split(r"^server \{", NGINX, flags=re.MULTILINE)[1:]


def test_the_nginx_file_is_whole() -> None:
    assert NGINX.count("{") == NGINX.count("}")
    for line in filter(None, map(str.strip, NGINX.replace("\n        ", " ").split("\n"))):
        assert line.endswith(("{", "}", ";")), line


def test_nginx_refuses_foreign_names_limits_searches_and_replaces_forwarding_headers() -> None:
    default, plain, site = servers()

    assert "default_server" in default
    assert {"return 444;", "ssl_reject_handshake on;"} <= {line.strip() for line in default.split("\n")}
    assert "return 308 https://" in plain
    assert re.search(r"location ~ \^/\(recherche\|.*\) \{\s+limit_req zone=kb_recherche", site)
    assert "gzip on;" in site
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in site
    assert "$proxy_add_x_forwarded_for" not in site


def test_nginx_closes_idle_connections_before_the_site_does() -> None:
    from kb.cli.serving import IDLE

    assert int(re.search(r"keepalive_timeout (\d+)s;", NGINX)[1]) < IDLE  # type: ignore[index]


def unit() -> dict[str, list[str]]:
    """The settings of kb.service, by name."""
    found = defaultdict(list)
    for line in (DEPLOY / "kb.service").read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith(("#", "[")):
            name, value = line.split("=", 1)
            found[name].append(value)
    return found


def test_the_unit_starts_the_command_again_and_shuts_it_in() -> None:
    settings = unit()

    assert shlex.split(settings["ExecStart"][0])[:2] == ["/opt/kb/.venv/bin/kb", "serve"]
    assert settings["Restart"] == ["always"]
    assert settings["CapabilityBoundingSet"] == [""]
    assert settings["ProtectSystem"] == ["strict"]
    for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome", "MemoryDenyWriteExecute"):
        assert settings[name] == ["yes"], name
    assert f"KB_INDEX=%S/{settings['StateDirectory'][0]}/index" in settings["Environment"]


def test_the_image_copies_what_there_is_and_runs_without_privileges() -> None:
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    steps = [line.split(" ", 1) for line in text.split("\n") if line and not line.startswith("#")]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}

    assert {step for step, _ in steps} == known
    for step, words in steps:
        for source in words.split()[:-1] if step == "COPY" else ():
            assert source == ".git" or (ROOT / source).exists(), source
    assert "--require-hashes" in text
    assert [words for step, words in steps if step == "USER"] == ["kb"]
