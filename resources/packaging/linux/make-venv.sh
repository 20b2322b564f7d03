#!/usr/bin/env bash
# Makes the virtual environment; on a bare Debian or Ubuntu installs what that needs first.
# Usage: make-venv.sh PYTHON FOLDER
set -euo pipefail
python=$1
folder=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "SFSync needs Python 3.11 or newer; $python is $("$python" --version 2>&1)." >&2
    exit 1
}

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Installing Python's venv module ..." >&2
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo"
    command -v apt-get >/dev/null || {
        echo "Python's venv module is missing: install it, then run the command again." >&2
        exit 1
    }
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
fi

rm -rf "$folder"
"$python" -m venv "$folder"
