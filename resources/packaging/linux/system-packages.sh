#!/usr/bin/env bash
# Installs the Debian packages that are missing; quick and silent when none is.
# Usage: system-packages.sh LIST... , or system-packages.sh --names LIST... to print their names
#   python  what the virtual environment is made with
#   run     what Qt and its browser load beside their own libraries, to show the window
#   test    what the tests start beside the product: a bus, a keyring, a screen, its window manager
#   freeze  what PyInstaller looks into libraries with
# On other systems it says what is needed, once, and leaves it at that.
set -euo pipefail

# `old|new`: the name before and since Debian 13 and Ubuntu 24.04 (time_t of 64 bits).
python="python3 python3-venv"
run="fontconfig fonts-dejavu-core libasound2|libasound2t64 libbrotli1 libdbus-1-3 libegl1
    libexpat1 libfontconfig1 libfreetype6 libgbm1 libgl1 libglib2.0-0|libglib2.0-0t64
    libgssapi-krb5-2 libnspr4 libnss3 libudev1 libwayland-client0 libwayland-cursor0
    libwayland-egl1 libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-dri3-0 libxcb-glx0
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
    libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0
    libxcb-xkb1 libxcb1 libxcomposite1 libxdamage1 libxext6 libxfixes3 libxkbcommon-x11-0
    libxkbcommon0 libxkbfile1 libxrandr2 libxtst6 libzstd1"
test="at-spi2-core dbus gnome-keyring openbox xauth xdotool xvfb"
freeze="binutils"

names_only=""
[ "${1:-}" != --names ] || { names_only=yes && shift; }

wanted=""
for list in "$@"; do
    case $list in
        python | run | test | freeze) wanted+=" ${!list}" ;;
        *) echo "There is no list of packages named $list." >&2 && exit 2 ;;
    esac
done

if [ -n "$names_only" ]; then
    printf '%s\n' $wanted
    exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ "$(uname -s)" != Linux ] || echo "SFSync needs what these Debian packages hold:" $wanted >&2
    exit 0
fi

installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=()
for alternatives in $wanted; do
    grep -qxE "$alternatives" <<<"${installed}" || missing+=("$alternatives")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "Please have these packages installed: ${missing[*]}" >&2
        exit 0
    }
    as_root="sudo"
fi

available() {  # the first of the alternatives that this system offers
    for name in ${1//|/ }; do
        [ -z "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ] || { echo "$name" && return; }
    done
    echo "${1%%|*}"
}

install() {
    $as_root apt-get update -qq
    # shellcheck disable=SC2046 # one word per package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $(for alternatives in "${missing[@]}"; do available "$alternatives"; done)
}

echo "Installing ${#missing[@]} system packages ..." >&2
log=$(install 2>&1) || {
    echo "$log" >&2
    echo "The packages could not be installed: ${missing[*]}" >&2
    exit 1
}
