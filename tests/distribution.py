"""How the suite spreads over two workers: what lasts long begins first, a deployment is shared."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# These deploy the application anew; all other files beside them share one that is deployed once.
OWN_STACK = tuple(
    f"tests/machine/test_{name}.py" for name in ("fourteen_nights", "stack", "first_nights")
)
SHARED_STACK = "tests/machine/"
# These share an instance in their own process, which nothing else may come between; each finds
# there what those before it have left, so the order of its files is always the same.
SHARED_INSTANCE = "tests/machine/replayed/"
# What shares a deployment lasts longest, and builds it first; beside that, what needs no build.
FIRST = (SHARED_INSTANCE, "tests/embedded_aws/cloudformation/test_sam", OWN_STACK[0], SHARED_STACK)
# The first tells what all that share a deployment made of their permissions, the second takes some.
LAST = ("tests/machine/test_permissions.py", "tests/machine/test_denied.py")


class Distribution(LoadFileScheduling):
    """A file stays whole, and the files that share a deployment stay together."""

    def _split_scope(self, nodeid: str) -> str:
        shares = nodeid.startswith(SHARED_STACK) and not nodeid.startswith(OWN_STACK)
        return SHARED_STACK if shares else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Distribution | None:
    """Distribute by files, in the order of the collection."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Distribution(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what lasts longest; where no order is fixed, it is as random as it was."""
    items.sort(key=lambda item: (_rank(item), _turn(item), _fixed(item)))


def _rank(item: pytest.Item) -> int:
    ranks = [
        *(item.nodeid.startswith(each) for each in FIRST),
        item.get_closest_marker("slow") is not None,
    ]
    return ranks.index(True) if True in ranks else len(ranks)


def _turn(item: pytest.Item) -> int:
    turns = [item.nodeid.startswith(last) for last in LAST]
    return turns.index(True) + 1 if True in turns else 0


def _fixed(item: pytest.Item) -> str:
    return str(item.path) if item.nodeid.startswith(SHARED_INSTANCE) else ""
