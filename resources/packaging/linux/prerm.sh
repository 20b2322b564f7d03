#!/bin/sh
# Before it is removed: the profile that was loaded after unpacking goes, too.
set -e
if [ "$1" = remove ] && [ -e /etc/apparmor.d/sfsync ]; then
    if command -v apparmor_parser >/dev/null && [ -d /sys/kernel/security/apparmor ]; then
        apparmor_parser --remove /etc/apparmor.d/sfsync || true
    fi
    rm -f /etc/apparmor.d/sfsync
fi
