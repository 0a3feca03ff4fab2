"""Sitemaps and feeds as sites write them, and files that only look like them."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FetchError
from corpus.web.listings import read_listing

AT = "https://example.org/feeds/all.xml"
SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc> https://example.org/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod>
    <image:image><image:loc>https://example.org/picture.png</image:loc></image:image></url>
  <url><loc><![CDATA[https://example.org/b]]></loc></url>
  <url><loc>https://example.org/b</loc></url>
  <url><loc/></url>
</urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap><loc>https://example.org/1.xml.gz</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>"""
RSS = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><channel>
  <title>News</title><link>https://example.org/</link><atom:link rel="self" href="https://example.org/feed"/>
  <item><title>A</title><atom:link rel="replies" href="https://example.org/a/replies"/><link>https://example.org/a</link></item>
  <item><title>B</title><guid>https://example.org/b</guid><media:content url="https://example.org/b.jpg"/></item>
  <item><title>C</title><guid isPermaLink="false">https://example.org/c-id</guid></item>
</channel></rss>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
  <channel><link>https://example.org/</link></channel><item><link>https://example.org/a</link></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://example.org/"/>
  <entry><link rel="self" href="https://example.org/a.atom"/><link rel="alternate" href="/a"/></entry>
  <entry><link href="b"/></entry></feed>"""
BOMB = b"""<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<urlset><url><loc>&b;</loc></url></urlset>"""
OUTSIDE = b"""<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>"""


@pytest.mark.parametrize(
    ("data", "kind", "urls"),
    [
        (SITEMAP, "sitemap", ("https://example.org/a?b=1&c=2", "https://example.org/b")),
        (gzip.compress(SITEMAP), "sitemap", ("https://example.org/a?b=1&c=2", "https://example.org/b")),
        (INDEX, "index", ("https://example.org/1.xml.gz", "https://example.org/2.xml")),
        (RSS, "feed", ("https://example.org/a", "https://example.org/b")),
        (RDF, "feed", ("https://example.org/a",)),
        (ATOM, "feed", ("https://example.org/a", "https://example.org/feeds/b")),
        (b"<rss><channel/></rss>", "feed", ()),
    ],
    ids=["sitemap", "gz", "index", "rss", "rdf", "atom", "empty feed"],
)
def test_the_pages_of_a_listing_are_found(data: bytes, kind: str, urls: tuple[str, ...]) -> None:
    listing = read_listing(data, AT)
    assert (listing.kind, listing.urls) == (kind, urls)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>Not found</body></html>",
        b"<urlset></urlset>",
        b"\x1f\x8b",
        gzip.compress(bytes(80_000_000)),
        BOMB,
        OUTSIDE,
        b'<?xml version="1.0" encoding="nonsense"?><urlset/>',
    ],
    ids=["empty", "html", "nothing", "gz", "bomb", "entities", "outside", "encoding"],
)
def test_what_is_no_listing_is_refused(data: bytes) -> None:
    with pytest.raises(FetchError, match="neither a sitemap nor a feed") as caught:
        read_listing(data, AT)
    assert str(caught.value).startswith(AT)


@pytest.mark.parametrize("broken", ["http://[broken", "//[::1", "http://a\N{ADDRESSED TO THE SUBJECT}b/"])
def test_an_entry_that_is_no_address_is_passed_over(broken: str) -> None:
    sitemap = f"<urlset><url><loc>{broken}</loc></url><url><loc>/a</loc></url></urlset>"
    assert read_listing(sitemap.encode(), AT).urls == ("https://example.org/a",)
    with pytest.raises(FetchError, match="it lists nothing"):
        read_listing(f"<urlset><url><loc>{broken}</loc></url></urlset>".encode(), AT)


@given(st.sampled_from([SITEMAP, gzip.compress(SITEMAP), INDEX, RSS, ATOM]), st.data())
def test_half_a_listing_counts_for_nothing(data: bytes, drawn: st.DataObject) -> None:
    """Or pages that are still there would be called gone."""
    cut = data[: drawn.draw(st.integers(0, len(data) - 1))]
    with pytest.raises(FetchError):
        read_listing(cut, AT)
