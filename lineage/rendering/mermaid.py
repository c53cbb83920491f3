"""A figure as a Mermaid flowchart, for a page of documentation or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.rendering.figure import Arrow, Figure, Kind, Node

_SHAPES = {
    Kind.DATA: ('[("', '")]'),
    Kind.MODEL: ('(["', '"])'),
    Kind.REPORT: ('>"', '"]'),
    Kind.NIGHT: ('{{"', '"}}'),
    Kind.PACKAGE: ('[["', '"]]'),
    Kind.ENDPOINT: ('(["', '"])'),
}
_RECTANGLE = ('["', '"]')
# Fills of middle lightness with dark text: legible on a light page and on a dark one.
_STYLES = {
    Kind.DATA: "fill:#9cc9f5,stroke:#1d5f9e,color:#10202f",
    Kind.JOB: "fill:#f3d08c,stroke:#8a6100,color:#2b1f00",
    Kind.MODEL: "fill:#d3b5f2,stroke:#6b3fa0,color:#231036",
    Kind.REPORT: "fill:#a9dcb9,stroke:#2c7a46,color:#0c2a16",
    Kind.NIGHT: "fill:#cfd5dd,stroke:#56606d,color:#1b2027",
    Kind.PACKAGE: "fill:#d3b5f2,stroke:#6b3fa0,color:#231036,stroke-width:3px",
    Kind.DEPLOYMENT: "fill:#f3d08c,stroke:#8a6100,color:#2b1f00",
    Kind.ENDPOINT: "fill:#a9dcb9,stroke:#2c7a46,color:#0c2a16",
}


def flowchart(drawn: Figure) -> str:
    """A figure as a flowchart from left to right; what is on the path is drawn thick."""
    lines = [
        f"accTitle: {_spoken(drawn.title)}",
        f"accDescr: {_spoken(drawn.description)}",
        *map(_node, drawn.nodes),
        *map(_arrow, drawn.arrows),
        *_classes(drawn),
    ]
    return "\n".join(["flowchart LR", *(f"    {line}" for line in lines), ""])


def _node(node: Node) -> str:
    opening, closing = _SHAPES.get(node.kind, _RECTANGLE)
    lines = "<br/>".join(escape(text) for text in (node.title, node.caption) if text)
    return f"{node.id}{opening}{lines}{closing}"


def _arrow(arrow: Arrow) -> str:
    label = f'|"{escape(arrow.label)}"|' if arrow.label else ""
    return f"{arrow.source} {'==>' if arrow.is_on_path else '-->'}{label} {arrow.destination}"


def _classes(drawn: Figure) -> Iterator[str]:
    for kind, style in _STYLES.items():
        members = [node.id for node in drawn.nodes if node.kind == kind]
        if members:
            yield f"classDef {kind} {style}"
            yield f"class {','.join(members)} {kind}"


def escape(text: str) -> str:
    """A text within a quoted label: all but letters, digits and a few signs as entity codes.

    Mermaid looks for directives, keywords and entities in the whole text before it parses it
    (flow.jison and encodeEntities in its sources), so quoting alone does not protect a label.
    """
    line = " ".join(text.split())
    coded = "".join(sign if _is_harmless(sign) else f"#{ord(sign)};" for sign in line)
    return coded.replace("direction", "#100;irection")


def _spoken(text: str) -> str:
    # Mermaid decodes no entities here, so what could be taken for something else is left out.
    harmless = "".join(sign if _is_harmless(sign) or sign == ":" else " " for sign in text)
    return " ".join(harmless.split()).replace("direction", "Direction")


def _is_harmless(sign: str) -> bool:
    return sign.isalnum() or sign in " .,_/-"
