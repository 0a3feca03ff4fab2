"""Sitemaps and feeds: which pages a site lists. Only the addresses are read."""

import zlib
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from corpus.errors import FetchError
from corpus.web.fetching import can_be_split

_LARGEST = 60_000_000
"""Bytes, unpacked; the sitemap protocol allows 50 MB."""
_GZIP = b"\x1f\x8b"
_ROOTS: dict[str, Literal["sitemap", "index", "feed"]] = {
    "urlset": "sitemap",
    "sitemapindex": "index",
    "rss": "feed",
    "RDF": "feed",
    "feed": "feed",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The addresses in one file: of pages, or of further sitemaps if it is an index."""

    kind: Literal["sitemap", "index", "feed"]
    urls: tuple[str, ...]


def read_listing(data: bytes, url: str) -> Listing:
    """Read a sitemap, a sitemap index (sitemaps.org 0.9), RSS 0.9 to 2.0 or Atom 1.0, also packed with gzip.

    An entry that is no address is passed over: there can be no article from there.

    Args:
        url: where it was fetched, for relative addresses.

    Raises:
        FetchError: it is something else, or is damaged. Half a listing counts for nothing.
    """
    try:
        root = fromstring(_unpacked(data))
    except (ParseError, DefusedXmlException, zlib.error, ValueError, LookupError) as error:
        raise _bad(url, f"not well-formed XML ({error})") from None
    kind = _ROOTS.get(_local(root))
    if not kind:
        raise _bad(url, f"its root is <{_local(root)}>")
    found = (urljoin(url, told) for told in map(str.strip, _told(root, kind)) if told and can_be_split(told))
    urls = tuple(dict.fromkeys(found))
    if not urls and kind != "feed":
        raise _bad(url, "it lists nothing")
    return Listing(kind, urls)


def _told(root: Element, kind: Literal["sitemap", "index", "feed"]) -> list[str]:
    if kind != "feed":
        entry = "url" if kind == "sitemap" else "sitemap"
        return [_text(each, "loc") for each in root if _local(each) == entry]
    return [_link(each) for each in root.iter() if _local(each) in ("item", "entry")]


def _link(entry: Element) -> str:
    """Of an Atom entry the alternate link, of an RSS item the text of its link or, failing that, a guid that is one."""
    for link in entry:
        if _local(link) == "link" and link.get("href") and link.get("rel", "alternate") == "alternate":
            return link.get("href", "")
    permanent = (each.text or "" for each in entry if _local(each) == "guid" and each.get("isPermaLink") != "false")
    return _text(entry, "link") or next((guid for guid in permanent if guid.startswith("http")), "")


def _text(parent: Element, name: str) -> str:
    """Of the first child of this name that has any; `media:link` and the like come with other names."""
    return next((each.text for each in parent if _local(each) == name and each.text), "")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacked = unpacker.decompress(data, _LARGEST)
    if not unpacker.eof:
        raise ValueError(f"cut short, or larger than {_LARGEST // 1_000_000} MB unpacked")
    return unpacked


def _bad(url: str, reason: str) -> FetchError:
    return FetchError(f"{url}: neither a sitemap nor a feed: {reason}", "Open the address in a browser and check it.")
