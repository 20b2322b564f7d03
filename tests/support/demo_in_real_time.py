"""The window's program on the demo workspace in real time, and with nobody at work in its office.

So Salesforce is looked at once a minute, and what happens sooner was asked for by somebody.
"""

import sys
from functools import partial

from sfsync_gui.app import demo, gui


def main() -> int:
    """Run it to its end."""
    demo.demo_host = partial(demo.demo_host, speed=1.0, pace=86_400.0)
    return gui.main(["--demo"])


if __name__ == "__main__":
    sys.exit(main())
