"""The site as a process of its own, for long runs: started, asked, weighed."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]


def parameter(name: str, default: int) -> int:
    """A size of a run: `SOAK_<NAME>` from the environment, for shorter tries."""
    return int(os.environ.get(f"SOAK_{name}", default))


def copy_of_content(to: Path) -> Path:
    """The real content, to be changed at will."""
    return Path(shutil.copytree(ROOT / "content", to / "content"))


def tell(text: str) -> None:
    """Print a figure of a run (`pytest -s`)."""
    sys.stdout.write(f"\n{text}\n")


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


class Running:
    """`kb serve` on a free port, over a content folder (or what it finds `here`); stopped after a `with`."""

    def __init__(
        self,
        content: Path | None,
        index: Path,
        log: Path,
        *options: str,
        here: Path = ROOT,
        **settings: str,
    ) -> None:
        self.port, self.log, self.here = free_port(), log, here
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment: Mapping[str, str] = {
            **os.environ,
            "KB_INDEX": str(index),
            "KB_BASE_URL": self.base,
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self._command = [
            *(sys.executable, "-m", "kb", "serve"),
            *("--port", str(self.port), *(("--content", str(content)) if content else ()), *options),
        ]

    def __enter__(self) -> Running:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=self.here, env=self.environment, stdout=log, stderr=log
            )
        until = time.monotonic() + 60
        while True:
            try:
                self.get("/sante")
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise AssertionError(self.log.read_text(encoding="utf-8")) from None
                time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def get(self, path: str) -> bytes:
        """The body of an answer; raises OSError for any but 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        if answer.status != 200:
            raise OSError(f"{path}: {answer.status}")
        return body

    def workers(self) -> list[int]:
        """The process numbers of the workers; Python's own helper for spawned processes is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="utf-8").split() if not _is_helper(pid)]

    def resident(self) -> float:
        """Megabytes that parent and workers hold in memory, what they share counted once for each."""
        return sum(_resident(pid) for pid in (self.process.pid, *self.workers()))


def _is_helper(pid: str) -> bool:
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
