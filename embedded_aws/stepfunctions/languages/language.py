"""What a query language offers to the building of states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from embedded_aws.stepfunctions.definition import Exit
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.scope import Query

Fields = Mapping[str, Json]


class QueryLanguage(Protocol):
    """Compiles the fields of one state, catcher or choice rule.

    Queries raise ``QueryFailure``; compiling raises ``ValueError`` with a reason, which the
    static checks have asked for before.
    """

    def pass_result(self, fields: Fields) -> Query | None:
        """The result of a Pass state, where the language knows of one."""
        ...

    def arguments(self, fields: Fields) -> Query:
        """What a Task calls with, and the input of a Parallel's branches."""
        ...

    def credentials(self, fields: Fields) -> Query | None:
        """Under which role a Task calls, when it is not the machine's: ``{"RoleArn": ...}``."""
        ...

    def exit(self, fields: Fields) -> Exit:
        """How a state is left after its work."""
        ...

    def caught(self, catcher: Fields, location: str) -> Exit:
        """How a state is left through a catcher, which stands at ``Catch[0]`` or so."""
        ...

    def chosen(self, rule: Fields, state: Fields, location: str) -> Exit:
        """How a Choice is left through a rule, which stands at ``Choices[0]`` or so."""
        ...

    def condition(self, rule: Fields, state: Fields, location: str) -> Query:
        """Whether a rule of a Choice holds; the query yields a boolean."""
        ...

    def delay_seconds(self, fields: Fields) -> Query:
        """How long a Wait waits."""
        ...

    def whole_number(self, fields: Fields, name: str) -> Query | None:
        """A field that must be a non-negative integer, such as ``TimeoutSeconds``."""
        ...

    def text(self, fields: Fields, name: str) -> Query | None:
        """A field that must be a string, such as a Fail state's ``Error``."""
        ...

    def items(self, fields: Fields) -> Query:
        """The array that a Map runs over."""
        ...

    def item_selector(self, fields: Fields) -> Query | None:
        """The input of one iteration, when it is not the item itself."""
        ...
