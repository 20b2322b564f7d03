"""Makes the Debian package of the frozen programs, which installs them for all users of a computer.

`python -m resources.packaging.linux.deb dist/sfsync dist` writes `dist/sfsync_VERSION_ARCH.deb`. It
needs `dpkg-deb` only. The folder goes to `/opt/sfsync` as it is; besides come the commands, the
entry in the desktop's menu with its icon, and what lets the embedded browser make its sandbox.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import metadata
from pathlib import Path

from sfsync_gui.desktop.paths import APP_NAME, DISTRIBUTION

NAME = "sfsync"
HOME = Path("opt") / NAME
"""Where the programs lie (Filesystem Hierarchy Standard, "/opt")."""

PROGRAMS = ("sfsync", "sfsync-gui")
ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
_ARTWORK = ROOT / "resources" / "icons" / "artwork" / "sfsync.svg"

ENTRY = f"""[Desktop Entry]
Type=Application
Name={APP_NAME}
GenericName=Intercom and Salesforce sync
Comment={{summary}}
Exec=/usr/bin/sfsync-gui
Icon={NAME}
Terminal=false
Categories=Office;ContactManagement;
Keywords=Intercom;Salesforce;CRM;sync;
StartupWMClass={NAME}
"""

CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: gnome-keyring | kwalletmanager
Section: net
Priority: optional
Description: {summary}
 SFSync does what Intercom's hosted Salesforce app does, in both directions, on this computer,
 and shows, explains and proves every change that it makes.
"""

MAINTAINER = "The SFSync developers <sfsync@localhost>"


def build(frozen: Path, target: Path) -> Path:
    """Make the package of a frozen folder in the folder `target`; returns its path.

    Raises FileNotFoundError where that is no frozen folder, CalledProcessError from `dpkg-deb`.
    """
    for program in PROGRAMS:
        if not (frozen / program).is_file():
            raise FileNotFoundError(f"{frozen} has no program {program}: run `make package` first")
    architecture = _said("dpkg", "--print-architecture")
    package = target / f"{NAME}_{metadata(DISTRIBUTION)['Version']}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=target) as folder:
        tree = Path(folder) / "tree"
        _lay_out(frozen, tree)
        _describe(tree, architecture)
        subprocess.run(  # noqa: S603 - Debian's own program
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(package)],  # noqa: S607 - where it is
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return package


def _lay_out(frozen: Path, tree: Path) -> None:
    """All files where they will lie, readable by everybody."""
    summary = metadata(DISTRIBUTION)["Summary"]
    shutil.copytree(frozen, tree / HOME, symlinks=True)
    commands = tree / "usr" / "bin"
    commands.mkdir(parents=True)
    for program in PROGRAMS:
        (commands / program).symlink_to("/" / HOME / program)
    share = tree / "usr" / "share"
    _write(share / "applications" / f"{NAME}.desktop", ENTRY.format(summary=summary))
    _write(share / "doc" / NAME / "copyright", (ROOT / "LICENSE").read_text("utf-8"))
    icon = share / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
    _write(icon, _ARTWORK.read_text("utf-8"))
    _write(tree / HOME / "apparmor" / NAME, (HERE / "apparmor").read_text("utf-8"))
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _describe(tree: Path, architecture: str) -> None:
    """What dpkg is to know, and its scripts."""
    size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir())
    about = metadata(DISTRIBUTION)
    control = CONTROL.format(
        name=NAME,
        version=about["Version"],
        architecture=architecture,
        maintainer=MAINTAINER,
        size=-(-size // 1024),
        depends=", ".join(depends()),
        summary=about["Summary"].rstrip("."),
    )
    _write(tree / "DEBIAN" / "control", control)
    for script in ("postinst", "prerm"):
        _write(tree / "DEBIAN" / script, (HERE / f"{script}.sh").read_text("utf-8"), mode=0o755)


def depends() -> list[str]:
    """The packages it needs: the C library it was built with or a later one, and what Qt loads."""
    names = _said("bash", str(HERE / "system-packages.sh"), "--names", "run").split()
    return [f"libc6 (>= {platform.libc_ver()[1]})", *(name.replace("|", " | ") for name in names)]


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)


def _said(*command: str) -> str:
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return told.stdout.strip()


if __name__ == "__main__":
    made = build(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"{made} {made.stat().st_size / 2**20:.0f} MiB\n")
