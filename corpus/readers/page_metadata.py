"""What a page says of itself: JSON-LD (schema.org), Open Graph, Dublin Core and citation tags, then its visible dates.

Where two of them tell the same field, the one with the more definite meaning goes first.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from corpus.readers.body import collapse
from corpus.readers.page_source import Element

_ABOUT_PAGE = re.compile(r"(?:Article|Page|Posting|Report|Guide|HowTo)$")
_NOT_ABOUT_PAGE = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage"})
_MOST_NODES = 2000
_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = ("citation_author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_PUBLISHERS = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "application-name")
_PUBLISHED = (
    "article:published_time", "datepublished", "citation_publication_date", "dcterms.issued", "dc.date.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "parsely-pub-date", "pubdate", "date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "datemodified", "dcterms.modified", "dc.date.modified", "og:updated_time", "last-modified",
)  # fmt: skip
_REVIEWED = ("lastreviewed", "dcterms.valid", "dc.date.reviewed", "last-reviewed", "cdc:last_reviewed")
_LANGUAGES = ("dc.language", "dcterms.language", "content-language", "og:locale")
_MONTHS = "january february march april may june july august september october november december".split()
_ISO_DAY = re.compile(r"\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_WRITTEN_DAY = (
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})"
    r"|(?P<month2>[A-Za-z]{3,9})\.? (?P<day2>\d{1,2})(?:st|nd|rd|th)?,? (?P<year2>\d{4})"
    r"|(?P<iso>\d{4}-\d\d-\d\d))"
)
_SHOWN = {
    "reviewed": re.compile(rf"\b(?:last |medically )?reviewed(?: on|:)*[: ] ?{_WRITTEN_DAY}", re.IGNORECASE),
    "updated": re.compile(rf"\b(?:(?:last |page )*updated|last modified)(?: on|:)*[: ] ?{_WRITTEN_DAY}", re.IGNORECASE),
    "published": re.compile(rf"\b(?:published|posted)(?: on|:)*[: ] ?{_WRITTEN_DAY}", re.IGNORECASE),
}
_MARKED = frozenset({"author", "datepublished", "datemodified", "lastreviewed"})
_SHORT = 200
"""Characters of a line that shows a date; a longer one tells of something else."""
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")

Fields = dict[str, object]


def metadata(root: Element, texts: Sequence[str]) -> Fields:
    """The fields of the article that its page tells; those it does not tell are left out.

    Args:
        root: the page.
        texts: its blocks, for the dates that are only shown.
    """
    tags = _tags(root)
    nodes = [node for node in _json_ld(root) if _is_of_page(node)]
    found: Fields = {
        "title": _title(root, nodes, tags),
        "authors": _authors(nodes, tags),
        "publisher": _first(*(_names(node.get("publisher")) for node in nodes), *(tags.get(n) for n in _PUBLISHERS)),
        "published": _day_of(nodes, "datePublished", tags, _PUBLISHED),
        "updated": _day_of(nodes, "dateModified", tags, _UPDATED),
        "reviewed": _day_of(nodes, "lastReviewed", tags, _REVIEWED),
        "url": _address(root, tags),
        "language": _language(root, nodes, tags),
        "also_called": _also_called(nodes),
    }
    for key, value in _shown_days(texts):
        found[key] = found[key] or value
    return {key: value for key, value in found.items() if value}


def questions(root: Element) -> Iterator[tuple[str, str]]:
    """Yield the questions and answers that JSON-LD names; the answers as they stand there, which may be HTML."""
    for node in _json_ld(root):
        if "Question" in _types(node):
            answers = node.get("acceptedAnswer")
            for answer in answers if isinstance(answers, list) else [answers]:
                if isinstance(answer, dict):
                    yield str(node.get("name") or ""), str(answer.get("text") or "")


def day(text: object) -> date | None:
    """The day that a date in ISO 8601 or in English words begins with."""
    if not isinstance(text, str):
        return None
    if match := _ISO_DAY.match(text):
        return _date(match[1], match[2], match[3])
    written = re.match(_WRITTEN_DAY, text.strip())
    return _written(written) if written else None


def _written(match: re.Match[str]) -> date | None:
    if match["iso"]:
        return day(match["iso"])
    month = (match["month"] or match["month2"]).lower()
    number = next((at for at, name in enumerate(_MONTHS, 1) if name.startswith(month[:3])), 0)
    return _date(match["year"] or match["year2"], number, match["day"] or match["day2"])


def _date(year: str, month: str | int, day_of_month: str) -> date | None:
    try:
        found = datetime(int(year), int(month), int(day_of_month)).date()
    except ValueError:
        return None
    return found if found.year > 1900 else None


def _tags(root: Element) -> dict[str, list[str]]:
    """Name, in lower case -> contents of the meta tags, and of the elements that are marked as author or date."""
    found: dict[str, list[str]] = {}
    for tag in root.iter("meta"):
        content = collapse(str(tag.get("content") or ""))
        for name in {tag.get("name"), tag.get("property"), tag.get("itemprop"), tag.get("http-equiv")} - {None}:
            if content and not _UNWRITABLE.search(content):
                found.setdefault(name.lower(), []).append(content)
    for element in root.xpath("//body//*[@itemprop or @rel='author']"):
        name = "author" if element.get("rel") == "author" else str(element.get("itemprop")).lower()
        told = element.get("datetime") or element.get("content") or "".join(element.itertext())
        content = collapse(told)
        if name in _MARKED and 0 < len(content) < _SHORT and not _UNWRITABLE.search(content):
            found.setdefault(name, []).append(content)
    return found


def _json_ld(root: Element) -> Iterator[Mapping[str, object]]:
    """Yield every object of the page's JSON-LD, outer ones first; broken scripts tell nothing."""
    waiting: list[object] = []
    for script in root.iter("script"):
        if "ld+json" in str(script.get("type")):
            try:
                waiting.append(json.loads(script.text or "", strict=False))
            except (ValueError, RecursionError):
                continue
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield node
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += node


def _types(node: Mapping[str, object]) -> list[str]:
    types = node.get("@type")
    return [str(each) for each in (types if isinstance(types, list) else [types])]


def _is_of_page(node: Mapping[str, object]) -> bool:
    return any(_ABOUT_PAGE.search(each) and each not in _NOT_ABOUT_PAGE for each in _types(node))


def _names(value: object) -> list[str]:
    """The names of people or organisations, each given as text or as an object with a name."""
    values = value if isinstance(value, list) else [value]
    named = (each.get("name") if isinstance(each, dict) else each for each in values)
    flat = (part for each in named for part in (each if isinstance(each, list) else [each]))
    found = [collapse(each) for each in flat if isinstance(each, str)]
    return [
        each for each in found if each and not each.startswith(("http:", "https:")) and not _UNWRITABLE.search(each)
    ]


def _first(*candidates: Iterable[str] | None) -> str | None:
    return next((value for values in candidates for value in values or ()), None)


def _title(root: Element, nodes: Iterable[Mapping[str, object]], tags: Mapping[str, list[str]]) -> str | None:
    """The heading of the page where its title begins with it, else what the tags say; without the site's name."""
    headings = [text for each in root.iter("h1") if (text := collapse("".join(each.itertext())))]
    written = root.find(".//head/title")
    whole = collapse("".join(written.itertext())) if written is not None else ""
    told = [whole, *(tags.get("og:title") or ()), *_names([node.get("headline") for node in nodes])]
    for heading in headings:
        if any(each.casefold().startswith(heading.casefold()) for each in told):
            return heading
    headline = _first(*(_names(node.get("headline")) for node in nodes), *(tags.get(name) for name in _TITLES))
    if headline or len(headings) == 1:
        return headline or headings[0]
    return whole or None


def _authors(nodes: Iterable[Mapping[str, object]], tags: Mapping[str, list[str]]) -> list[str]:
    for node in nodes:
        if names := _names(node.get("author")):
            return list(dict.fromkeys(names))
    for name in _AUTHORS:
        if names := _names(tags.get(name)):
            return list(dict.fromkeys(names))
    return []


def _day_of(
    nodes: Iterable[Mapping[str, object]], key: str, tags: Mapping[str, list[str]], names: Iterable[str]
) -> date | None:
    told = [node.get(key) for node in nodes] + [value for name in names for value in tags.get(name) or ()]
    return next((found for each in told if (found := day(each))), None)


def _shown_days(texts: Iterable[str]) -> Iterator[tuple[str, date]]:
    for text in texts:
        if len(text) <= _SHORT:
            for key, pattern in _SHOWN.items():
                if (match := pattern.search(text)) and (found := _written(match)):
                    yield key, found


def _address(root: Element, tags: Mapping[str, list[str]]) -> str | None:
    """The canonical address; a relative one counts from the page's base, which must be absolute."""
    base = root.find(".//base")
    start = str(base.get("href") or "") if base is not None else ""
    links = [link.get("href") for link in root.iter("link") if "canonical" in str(link.get("rel")).lower().split()]
    for each in (*links, *(tags.get("og:url") or ())):
        if found := _web_address(start, each):
            return found
    return None


def _web_address(base: str, text: str | None) -> str | None:
    try:
        address = urljoin(base, (text or "").strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    whole = parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s<>\"\0\ud800-\udfff]", address)
    return address if whole else None


def _language(root: Element, nodes: Iterable[Mapping[str, object]], tags: Mapping[str, list[str]]) -> str | None:
    xml = "{http://www.w3.org/XML/1998/namespace}lang"
    told = [root.get("lang"), root.get("xml:lang"), root.get(xml), *_names([node.get("inLanguage") for node in nodes])]
    told += [value for name in _LANGUAGES for value in tags.get(name) or ()]
    return next((each.strip() for each in told if each and each.strip()), None)


def _also_called(nodes: Iterable[Mapping[str, object]]) -> list[str]:
    """Other names of what a page is about."""
    subjects = [node.get(key) for node in nodes for key in ("about", "mainEntity")]
    flat = [part for each in subjects for part in (each if isinstance(each, list) else [each])]
    names = [name for each in flat if isinstance(each, dict) for name in _names(each.get("alternateName"))]
    return list(dict.fromkeys(names))
