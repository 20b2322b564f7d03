"""What a report takes of stacks and of the log: where it happened, never to whom."""

from pathlib import Path

import pytest

from sfsync_gui.desktop.log_digest import (
    digest,
    kind_of,
    short_path,
    shorten_paths,
    stack_of,
    without_home,
)

NAME = "Ada Lovelace"


class RefusedError(Exception):
    pass


def raise_it(error: Exception, cause: Exception | None) -> None:
    raise error from cause


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    with pytest.raises(type(error)) as caught:
        raise_it(error, cause)
    return caught.value


def test_a_stack_names_kinds_and_places_and_no_text() -> None:
    error = raised(RefusedError(f"refused {NAME}"), raised(KeyError(NAME)))
    error.add_note(f"while at {NAME}")
    stack = stack_of(error)
    assert NAME not in stack
    assert "KeyError" in stack
    assert "which led to" in stack
    assert "desktop/test_log_digest.py:" in stack
    assert "raise error from cause" in stack  # the line of code, whose values are not told
    assert "RefusedError" in stack


def test_groups_and_circles_end() -> None:
    group = ExceptionGroup(NAME, [raised(ValueError(NAME)), raised(OSError(28, NAME))])
    group.__context__ = group.exceptions[0]
    group.exceptions[0].__context__ = group
    stack = stack_of(group)
    assert NAME not in stack
    assert "ExceptionGroup" in stack
    assert "OSError (28)" in stack
    assert stack.count("ValueError") == 1


def test_a_deep_stack_is_cut() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert stack_of(caught.value).count("\n") < 100
    assert kind_of(caught.value) == "RecursionError"


LOG = f"""2026-11-29 02:42:46,717 INFO MainThread sfsync_gui.x: Intercom was checked: 3 changes
2026-11-29 02:42:47,995 ERROR Thread-1 (work) sfsync_gui.uncaught: nobody caught this
Traceback (most recent call last):
  File "/home/ada/.local/lib/python3.11/site-packages/httpx/_client.py", line 5, in send
    raise ValueError("x")
    ^^^^^^^^^^^^^^^^^^^^^
ValueError: refused {NAME}
    {NAME} again
{NAME}: and again

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "C:\\Users\\Ada\\app\\sfsync_gui\\ui\\tasks.py", line 7, in start
RuntimeError
2026-11-29 02:42:48,000 WARNING MainThread httpx: could not send to '{NAME}' at all
2026-11-29 02:42:48,100 ERROR MainThread asyncio: Task exception was never retrieved
future: <Task finished exception=ValueError('{NAME}')>
"""


def test_log_lines_lose_the_texts_of_exceptions_and_the_folders() -> None:
    text = digest(LOG)
    assert NAME not in text
    assert "/home/ada" not in text
    assert "Users" not in text
    assert "Intercom was checked: 3 changes" in text
    assert 'File "httpx/_client.py", line 5, in send' in text
    assert '    raise ValueError("x")' in text
    assert "ValueError: [text left out]" in text
    assert 'File "sfsync_gui/ui/tasks.py", line 7, in start' in text
    assert "RuntimeError" in text
    assert "could not send to [text left out]" in text
    assert "Task exception was never retrieved\n" in text + "\n"


def test_places_are_told_within_their_package() -> None:
    assert short_path("/home/ada/sfsync/sfsync_gui/ui/tasks.py") == "sfsync_gui/ui/tasks.py"
    assert short_path("C:\\x\\site-packages\\qasync\\a.py") == "qasync/a.py"
    assert short_path("<frozen importlib._bootstrap>") == "<frozen importlib._bootstrap>"
    assert shorten_paths('  File "/home/ada/x/y.py", line 1') == '  File "x/y.py", line 1'
    assert without_home(f"{Path.home()}/x") == "~/x"
