#!/bin/sh
# After unpacking: load the profile of AppArmor where there is one that knows its rules.
set -e
if [ "$1" = configure ] && [ -e /etc/apparmor.d/abi/4.0 ]; then
    cp /opt/sfsync/apparmor/sfsync /etc/apparmor.d/sfsync
    if command -v apparmor_parser >/dev/null && [ -d /sys/kernel/security/apparmor ]; then
        apparmor_parser --replace /etc/apparmor.d/sfsync || true # where it is switched off
    fi
fi
