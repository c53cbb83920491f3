"""A layered drawing of a directed acyclic graph, left to right: where each node goes; pure.

Sugiyama's method: layers by longest path, long arrows bent at stand-ins, few crossings by
barycentres, and heights as near to the neighbours as the order allows (isotonic regression).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

Pair = tuple[str, str]
_SWEEPS = 8
_PINNED = 1e6
"""What a node on the level outweighs others by."""

_STAND_IN_HEIGHT = 0.3
"""Room for an arrow that passes between nodes, as a share of a node's."""


@dataclass(frozen=True)
class Layout:
    """Layers from 0 and heights of the middle from 0, by node; by arrow, the points between."""

    nodes: Mapping[str, tuple[int, float]]
    bends: Mapping[Pair, tuple[tuple[int, float], ...]]

    @property
    def layers(self) -> int:
        """How many there are."""
        return 1 + max(layer for layer, _ in self.nodes.values())

    @property
    def height(self) -> float:
        """The middle of the lowest node."""
        return max(height for _, height in self.nodes.values())


def lay_out(
    nodes: Sequence[str], arrows: Sequence[Pair], straight: Collection[Pair] = ()
) -> Layout:
    """Place the nodes of a graph without cycles.

    Args:
        nodes: Those of a layer keep this order where arrows do not care.
        arrows: From source to destination.
        straight: Those of the arrows that are to be level: one path, or none.

    Returns:
        Heights in nodes, margin included.
    """
    layer_of = _layers(nodes, arrows)
    chains = {arrow: _chain(arrow, layer_of) for arrow in arrows}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    layer_of |= {
        node: layer_of[source] + step
        for (source, _), chain in chains.items()
        for step, node in enumerate(chain)
    }
    level = {node for arrow in straight for node in chains[arrow]}
    heights = _heights(_ordered(layer_of, links), links, set(nodes), level)
    return Layout(
        {node: (layer_of[node], heights[node]) for node in nodes},
        {
            arrow: tuple((layer_of[node], heights[node]) for node in chain[1:-1])
            for arrow, chain in chains.items()
        },
    )


def _layers(nodes: Sequence[str], arrows: Sequence[Pair]) -> dict[str, int]:
    sources = {node: [a for a, b in arrows if b == node] for node in nodes}
    layer_of: dict[str, int] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if layer_of.keys() >= set(sources[node])]
        layer_of |= {
            node: 1 + max((layer_of[a] for a in sources[node]), default=-1) for node in ready
        }
        waiting = [node for node in waiting if node not in layer_of]
    for node in nodes:
        successors = [layer_of[b] for a, b in arrows if a == node]
        if not sources[node] and successors:
            layer_of[node] = min(successors) - 1
    return layer_of


def _chain(arrow: Pair, layer_of: Mapping[str, int]) -> tuple[str, ...]:
    source, destination = arrow
    between = range(layer_of[source] + 1, layer_of[destination])
    return (source, *(f"{source} {destination} {layer}" for layer in between), destination)


def _ordered(layer_of: Mapping[str, int], links: Sequence[Pair]) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(1 + max(layer_of.values()))]
    for node, layer in layer_of.items():
        layers[layer].append(node)
    best = layers
    for sweep in range(_SWEEPS):
        layers = _swept(layers, links, backwards=bool(sweep % 2))
        best = min(best, layers, key=lambda each: _crossings(each, links))
    return best


def _swept(
    layers: Sequence[Sequence[str]], links: Sequence[Pair], *, backwards: bool
) -> list[list[str]]:
    towards = [(b, a) for a, b in links] if backwards else list(links)
    places: dict[str, float] = {}
    swept = []
    for layer in reversed(layers) if backwards else layers:
        own = {node: place for place, node in enumerate(layer)}
        barycentres = {
            node: fmean([places[a] for a, b in towards if b == node] or [own[node]])
            for node in layer
        }
        ordered = sorted(layer, key=barycentres.__getitem__)
        places |= {node: place for place, node in enumerate(ordered)}
        swept.append(ordered)
    return swept[::-1] if backwards else swept


def _crossings(layers: Sequence[Sequence[str]], links: Sequence[Pair]) -> int:
    place = {node: place for layer in layers for place, node in enumerate(layer)}
    layer_of = {node: number for number, layer in enumerate(layers) for node in layer}
    return sum(
        layer_of[a] == layer_of[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for number, (a, b) in enumerate(links)
        for c, d in links[:number]
    )


def _heights(
    layers: Sequence[Sequence[str]],
    links: Sequence[Pair],
    real: Collection[str],
    level: Collection[str],
) -> dict[str, float]:
    room = {node: 1.0 if node in real else _STAND_IN_HEIGHT for layer in layers for node in layer}
    weight = {node: _PINNED if node in level else 1.0 for node in room}
    heights = dict.fromkeys(room, 0.0)
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 else layers[::-1]:
            wanted = [0.0 if it in level else _middle(it, heights, links) for it in layer]
            own = [weight[it] for it in layer], [room[it] for it in layer]
            heights |= dict(zip(layer, _apart(wanted, *own), strict=True))
    top = min(heights.values())
    return {node: height - top for node, height in heights.items()}


def _middle(node: str, heights: Mapping[str, float], links: Sequence[Pair]) -> float:
    neighbours = [b if a == node else a for a, b in links if node in (a, b)]
    return fmean(heights[each] for each in neighbours) if neighbours else heights[node]


def _apart(wanted: Sequence[float], weights: Sequence[float], room: Sequence[float]) -> list[float]:
    """The heights nearest to those wanted (least squares) that keep order and distance."""
    offsets = [0.0]
    for above, below in pairwise(room):
        offsets.append(offsets[-1] + (above + below) / 2)
    blocks: list[tuple[list[float], list[float]]] = []
    for height, weight, offset in zip(wanted, weights, offsets, strict=True):
        blocks.append(([height - offset], [weight]))
        while len(blocks) > 1 and fmean(*blocks[-2]) > fmean(*blocks[-1]):
            (heights, one), (more, other) = blocks[-2:]
            blocks[-2:] = [(heights + more, one + other)]
    settled = [fmean(*block) for block in blocks for _ in block[0]]
    return [height + offset for height, offset in zip(settled, offsets, strict=True)]
