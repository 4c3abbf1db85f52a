"""Which addresses of a report are ours: under a base, through a proxy or an archive, without a scheme."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

#: parameters in which services that stand between carry the true address: SafeLinks, search engines
_CARRIED = ("url", "u", "q", "target", "dest", "redirect")
#: an address inside another: the Web Archive, translators
_INSIDE = re.compile(r".(https?://.+)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Ours:
    """An address of the base, as a report writes it."""

    #: path inside the site, query and fragment
    path: str
    #: how it is written where that is not as the base has it: « www. », a port, a proxy; else ""
    oddity: str = ""


class Addresses:
    """The addresses that the site has or had."""

    def __init__(self, bases: Iterable[str]) -> None:
        """Note host and prefix of each base: https://exemple.fr/kb → ("exemple.fr", "/kb")."""
        self.bases = {(urlsplit(base).netloc.lower(), urlsplit(base).path.rstrip("/")) for base in bases}
        hosts = "|".join(re.escape(host) for host, _ in sorted(self.bases) if host)
        #: an address of ours that is typed without its scheme
        self.bare = re.compile(
            rf"(?<![\w/.@-])(?:{hosts or '(?!)'})(?::\d{{1,5}})?/[^\s<>\"«»)\]]+", re.IGNORECASE
        )

    def of(self, href: str) -> Ours | None:
        """The address inside the site of a link, or None for a link to elsewhere."""
        for inside, how in ((href, ""), *_carried(href)):
            found = self._direct(inside)
            if found:
                return Ours(found.path, how or found.oddity)
        return None

    def host_of(self, href: str) -> str:
        """The host of a link, "" for one without."""
        return urlsplit(href if "://" in href else f"https://{href}").netloc.lower()

    def _direct(self, href: str) -> Ours | None:
        try:
            parts = urlsplit(href)
            host = parts.netloc.lower() if parts.scheme in ("http", "https") else ""
            port = parts.port if host else None
        except ValueError:
            return None
        if not host and (parts.scheme or parts.netloc or not href.startswith("/")):
            bare = self.bare.fullmatch(href)
            return self._direct(f"https://{href}") if bare else None
        address = href.partition("://")[2][len(parts.netloc) :] if host else href
        for known, prefix in sorted(self.bases):
            inside = address.removeprefix(prefix)
            if not address.startswith(prefix) or inside[:1] not in ("", "/", "?", "#"):
                continue
            if host in ("", known):
                return Ours(inside if inside.startswith("/") else f"/{inside}")
            if oddity := _likeness(host, port, known):
                return Ours(inside if inside.startswith("/") else f"/{inside}", oddity)
        return None if host else Ours(address)


def _likeness(host: str, port: int | None, known: str) -> str:
    """How a host is ours though it is written otherwise; "" where it is not."""
    name, bare = host.rpartition("@")[2], known.partition(":")[0]
    if port is not None:
        name = name.removesuffix(f":{port}")
    if name.removeprefix("www.") == bare.removeprefix("www."):
        return f"l’hôte est {known}, sans « {host.replace(bare, '') or host} »"
    if bare and name.startswith((f"{bare.replace('.', '-')}.", f"{bare}.")):
        return f"adresse d’un intermédiaire ({host})"
    return ""


def _carried(href: str) -> list[tuple[str, str]]:
    """The addresses that another one carries, each with how."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return []
    found = [
        (value, f"adresse d’un intermédiaire ({parts.netloc})")
        for name, value in parse_qsl(parts.query)
        if name.lower() in _CARRIED and value.lower().startswith(("http://", "https://"))
    ]
    inner = _INSIDE.search(unquote(href) if "%3a%2f%2f" in href.lower() else href)
    if inner and not found:
        found.append((inner[1], f"adresse d’un intermédiaire ({parts.netloc})"))
    return found
