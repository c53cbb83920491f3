"""What a browser would make of a page, for the tests of all pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

HOSTILE = "</script></style></title><img src=x onerror=alert(1)>\"'&lt;"


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def loads(self) -> set[str]:
        """Elements that would load or run something."""
        foreign = {"script", "link", "img", "iframe", "object", "base"}
        return foreign & {tag for tag, _ in self.elements}

    @property
    def handlers(self) -> list[str]:
        return [name for _, told in self.elements for name in told if name.startswith("on")]

    @property
    def dead_links(self) -> set[str]:
        """Places of the page that it links to, and does not have; ids that it has twice."""
        ids = [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]
        twice = {it for it in ids if ids.count(it) > 1}
        targets = {str(each["href"]).removeprefix("#") for each in self.all("a")}
        drawn = {str(it["marker-end"])[5:-1] for it in self.all("path") if it.get("marker-end")}
        return twice | (targets | drawn) - set(ids)

    @property
    def boxes(self) -> list[tuple[float, ...]]:
        """Left, top, width and height of every box of the drawing."""
        return [
            tuple(float(each[key] or 0) for key in ("x", "y", "width", "height"))
            for each in self.all("rect")
            if each["class"] == "box"
        ]

    @property
    def has_overlaps(self) -> bool:
        """Whether a box of the drawing covers another."""
        return any(
            abs(left - x) < width and abs(top - y) < height
            for number, (x, y, width, height) in enumerate(self.boxes)
            for left, top, _, _ in self.boxes[:number]
        )


def hostile(document: Any, kept: str) -> Any:  # whatever the document holds
    """The same document with a hostile text in place of every one that is not to be kept."""
    if isinstance(document, dict):
        return {key: hostile(value, kept) for key, value in document.items()}
    if isinstance(document, list):
        return [hostile(value, kept) for value in document]
    is_free = isinstance(document, str) and not re.match(kept, document)
    return HOSTILE if is_free else document
