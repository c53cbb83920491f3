"""HTML and SVG that cannot be injected into: text is escaped unless it is markup by type."""

from __future__ import annotations

from html import escape

_VOID = {"meta"}
_UNPRINTABLE = {
    code: "\N{REPLACEMENT CHARACTER}" for code in range(0x20) if chr(code) not in "\t\n"
}


class Markup(str):
    """Text that is HTML already; made by `element` and `join` alone."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: str | float) -> Markup:
    """An element with its children; `class_` stands for `class`, `_` in names for `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(str(value))}"'
        for key, value in attributes.items()
    )
    closing = "" if tag in _VOID else f"{join(*children)}</{tag}>"
    return Markup(f"<{tag}{written}>{closing}")


def join(*children: str) -> Markup:
    """Texts and markup one after another."""
    return Markup("".join(c if isinstance(c, Markup) else _escaped(c) for c in children))


def _escaped(text: str) -> str:
    return escape(text.translate(_UNPRINTABLE))
