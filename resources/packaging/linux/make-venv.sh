#!/usr/bin/env bash
# Makes the virtual environment; on a bare Debian or Ubuntu installs what that needs first.
# Usage: make-venv.sh PYTHON FOLDER
set -euo pipefail
python=$1
folder=$2

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    bash "$(dirname "$0")/system-packages.sh" python
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "SFSync needs Python 3.11 or newer; $python is $("$python" --version 2>&1)." >&2
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "The venv module of $python is missing: install it, then run the command again." >&2
    exit 1
}

rm -rf "$folder"
"$python" -m venv "$folder"
