"""The frozen programs are tested where they were built: `make package` names that folder."""

import os

FROZEN = "SFSYNC_FROZEN"
"""The variable that names the folder."""

collect_ignore = [] if FROZEN in os.environ else ["test_frozen.py", "test_whole_deb.py"]
