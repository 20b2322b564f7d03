"""Stacks and log lines that may be handed on: where it happened, without what it happened to.

The text of an exception may quote anything: a person's name, a value that was refused. What leaves
the computer with a report keeps an exception's kind and its stack, and leaves its text out.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path, PurePath

LEFT_OUT = "[text left out]"

_PRODUCT = "sfsync_gui"
_CHAIN_MOST = 8
_FRAMES_MOST = 40

_RECORD = re.compile(
    r"(?P<head>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ .+? (?P<logger>[\w.]+): )(?P<text>.*)"
)
_FRAME = re.compile(r'\s*(?:\|\s*)?File "(?P<path>[^"]+)"(?P<rest>, line \d+(?:,)?(?: in .*)?)$')
_QUOTED_FILE = re.compile(r'File "(?P<path>[^"\n]+)"')
_KIND = re.compile(r"(?P<kind>[A-Za-z_]\w*(?:\.\w+)*)(?::.*)?$")
_LINK = ("Traceback (most recent call last)", "During handling of", "The above exception was")
_PLAIN = re.compile(r"""[^'"(<\[{=@\d]*""")
"""The beginning of a library's message, up to the first thing that may be a value."""


def stack_of(error: BaseException) -> str:
    """An exception with what it came of: kinds, places and lines of code, no texts, no values."""
    return "\n".join(_chain_lines(error, set()))


def kind_of(error: BaseException) -> str:
    """The kind of an exception, with what is known of it that is no value."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = f"{kind.__module__}.{name}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name} ({error.errno})"
    return name


def digest(text: str) -> str:
    """Log lines without the texts of exceptions, and with files named within their package."""
    return "\n".join(_digest_lines(text))


def shorten_paths(text: str) -> str:
    """A text in which files of stacks are named within their package."""
    return _QUOTED_FILE.sub(lambda found: f'File "{short_path(found["path"])}"', text)


def short_path(path: str) -> str:
    """A file's place within its package: the folders above it tell whose computer it is."""
    parts = PurePath(path.replace("\\", "/")).parts
    for root in (_PRODUCT, "site-packages"):
        if root in parts:
            start = parts.index(root) + (root != _PRODUCT)
            return "/".join(parts[start:])
    return "/".join(parts[-2:])


def without_home(text: str) -> str:
    """The text with the user's own folder as `~`."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _chain_lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen or len(seen) >= _CHAIN_MOST:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain_lines(before, seen)
        yield "which led to"
    yield kind_of(error)
    yield from _frame_lines(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "together with"
            yield from _chain_lines(one, seen)


def _frame_lines(error: BaseException) -> Iterator[str]:
    frames = list(traceback.extract_tb(error.__traceback__))
    if len(frames) > _FRAMES_MOST:
        yield f"  {len(frames) - _FRAMES_MOST} more"
    for frame in frames[-_FRAMES_MOST:]:
        yield f"  {short_path(frame.filename)}:{frame.lineno} in {frame.name}"
        if frame.line:
            yield f"    {frame.line}"


def _digest_lines(text: str) -> Iterator[str]:
    code_may_follow = kind_may_follow = False
    for line in text.splitlines():
        record, frame = _RECORD.match(line), _FRAME.match(line)
        if record is not None:
            yield record["head"] + _message(record["logger"], record["text"])
            kind_may_follow = False
        elif frame is not None:
            yield f'  File "{short_path(frame["path"])}"{frame["rest"]}'
            kind_may_follow = True
        elif line.startswith(_LINK):
            yield next(link for link in _LINK if line.startswith(link)) + " …"
        elif code_may_follow and line.startswith("    "):
            yield line
        elif kind_may_follow and (kind := _KIND.match(line)) is not None:
            yield f"{kind['kind']}: {LEFT_OUT}" if ":" in line else kind["kind"]
            kind_may_follow = False
        code_may_follow = frame is not None


def _message(logger: str, text: str) -> str:
    """A message of the product is kept; of a library's, what comes before the first value."""
    if logger.split(".")[0] == _PRODUCT:
        return text
    found = _PLAIN.match(text)
    plain = found.group().rstrip() if found else ""
    return plain if plain == text.rstrip() else f"{plain} {LEFT_OUT}".lstrip()
