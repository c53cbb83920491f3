from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.rendering.layout import Pair, lay_out


def test_a_chain_is_a_level_line() -> None:
    layout = lay_out(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert layout.nodes == {"a": (0, 0.0), "b": (1, 0.0), "c": (2, 0.0)}
    assert (layout.layers, layout.height) == (3, 0.0)


def test_a_long_arrow_bends_in_every_layer_that_it_passes() -> None:
    layout = lay_out(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")])
    ((layer, height),) = layout.bends["a", "c"]
    assert layer == 1
    assert abs(height - layout.nodes["b"][1]) >= 0.65


def test_a_late_source_stands_beside_what_it_leads_to() -> None:
    layout = lay_out(["a", "b", "c", "late"], [("a", "b"), ("b", "c"), ("late", "c")])
    assert layout.nodes["late"][0] == 1


def test_arrows_do_not_cross_without_need() -> None:
    layout = lay_out(["a", "b", "x", "y"], [("a", "y"), ("b", "x")])
    height = {node: height for node, (_, height) in layout.nodes.items()}
    assert (height["a"] < height["b"]) == (height["y"] < height["x"])


def test_straight_arrows_are_level() -> None:
    arrows = [("a", "b"), ("a", "c"), ("a", "d"), ("c", "e"), ("a", "e")]
    layout = lay_out(["a", "b", "c", "d", "e"], arrows, straight=[("a", "c"), ("c", "e")])
    height = {node: round(height, 3) for node, (_, height) in layout.nodes.items()}
    assert height["a"] == height["c"] == height["e"]


@st.composite
def acyclic_graphs(draw: st.DrawFn) -> tuple[list[str], list[Pair]]:
    nodes = [f"n{number}" for number in range(draw(st.integers(1, 9)))]
    pairs = st.sampled_from(list(combinations(nodes, 2)) or [("n0", "n0")])
    arrows = draw(st.lists(pairs, unique=True, max_size=14)) if len(nodes) > 1 else []
    return nodes, arrows


@settings(max_examples=40)
@given(acyclic_graphs())
def test_arrows_lead_to_the_right_and_nodes_of_a_layer_keep_their_distance(
    graph: tuple[list[str], list[Pair]],
) -> None:
    nodes, arrows = graph
    placed = lay_out(nodes, arrows).nodes
    assert all(placed[a][0] < placed[b][0] for a, b in arrows)
    for one, other in combinations(nodes, 2):
        if placed[one][0] == placed[other][0]:
            assert abs(placed[one][1] - placed[other][1]) >= 1 - 1e-9
