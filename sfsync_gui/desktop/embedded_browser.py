"""Whether the browser's engine would start: where it would not, it ends the whole program."""

import os
import sys

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_NO_SANDBOX = "QTWEBENGINE_DISABLE_SANDBOX"


def refuses_to_start() -> bool:
    """Whether Chromium would refuse: on Linux its sandbox does not run as root (crbug.com/638180).

    Whoever has switched that sandbox off in the environment has decided for themselves; the
    program never does so for real accounts.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    return _NO_SANDBOX not in os.environ and "--no-sandbox" not in os.environ.get(_FLAGS, "")
