"""Waiting for conditions. Tests wait for something to become true, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Generous: on a busy machine a test is late, not wrong.
DEADLINE_SECONDS = 15.0


def eventually(condition: Callable[[], T], what: str = "", deadline: float = DEADLINE_SECONDS) -> T:
    """Calls `condition` until it returns something true, and returns that; fails after the deadline.

    An AssertionError or OSError in `condition` counts as not yet; the last one is shown on failure.
    """
    end = time.monotonic() + deadline
    last: object = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except (AssertionError, OSError) as error:
            last = error
        if time.monotonic() > end:
            what = what or getattr(condition, "__doc__", None) or "the condition"
            raise AssertionError(f"{what}: not within {deadline} s, last seen: {last!r}")
        time.sleep(0.01)


def settled(value: Callable[[], int], polls: int = 40, deadline: float = 60.0) -> int:
    """The value once it has stayed the same for `polls` looks in a row, about half a second."""
    end = time.monotonic() + deadline
    last, same = value(), 0
    while same < polls:
        assert time.monotonic() < end, f"still changing after {deadline} s: {last}"
        time.sleep(0.0125)
        now = value()
        same = same + 1 if now == last else 0
        last = now
    return last
