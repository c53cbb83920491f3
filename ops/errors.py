"""What an operator is told when a command cannot do its work."""

from __future__ import annotations


class OperatorError(Exception):
    """A command that cannot go on; the message says what to do next."""


class NoSuchStack(OperatorError):
    """The stack is not deployed where the AWS variables point to."""


class StackNotReady(OperatorError):
    """A stack of that name has not the outputs of this application."""


class InvalidSetting(OperatorError):
    """A ``--set`` or ``--input`` that cannot be read."""


class NoSuchNight(OperatorError):
    """No execution has the name that was given."""


class NameTaken(OperatorError):
    """An execution of that name was started before: the name is the night's lock."""


class NotRedrivable(OperatorError):
    """An execution that cannot go on from where it failed."""


class NotDecidable(OperatorError):
    """A package that cannot be approved or rejected as asked."""


class NotRolledBack(OperatorError):
    """Production cannot be brought back as asked."""


class NotRolledOut(OperatorError):
    """A rollout that is asked for was started before."""


class OtherVersion(OperatorError):
    """The stack answers otherwise than this version of the command line reads answers."""


class FunctionFailed(OperatorError):
    """A function of the stack answered with an error; its name and text are in the message."""


class NotOnRecord(OperatorError):
    """What a teardown ended is not on record, and the functions that record it shall go."""


class NotEnded(OperatorError):
    """Something that a teardown cannot end, although AWS says that it could."""
