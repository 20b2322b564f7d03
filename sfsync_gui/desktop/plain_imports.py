"""Loads Qt for Python and leaves Python's `import` as it was. To be imported before all else.

PySide6 puts a function of its own in the place of `builtins.__import__`, for its optional
`from __feature__ import …`. It reads the source of every module that is imported from then on, to
see whether it mentions PySide6 (`shibokensupport.feature`, also told in pyzo/pyzo, pull request
851), and the sources stay in `linecache`. That slows down the start, and costs 6 MB.
"""

import builtins

_plain_import = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _plain_import
