"""Adapters for the two services' APIs, behind the ports that the engine defines."""

import sys

# httpx loads its command line, with all that draws there, where that happens to be installed:
# 10 MB that nobody uses here. What is None there cannot be imported, and httpx does without it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
