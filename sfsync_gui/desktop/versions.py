"""Of which versions this program is made, and what it runs on.

What is needed to find out is loaded then: the window's start does not wait for it.
"""

from sfsync_gui.desktop.paths import DISTRIBUTION


def product_version() -> str:
    """The version that is installed, or that of a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "development"


def versions() -> list[tuple[str, str]]:
    """What it is and its version, in the order in which a person asks for them."""
    import platform

    import PySide6
    from PySide6.QtCore import qVersion

    return [
        ("Version", product_version()),
        ("Qt", f"{qVersion()} (PySide {PySide6.__version__})"),
        ("Python", platform.python_version()),
        ("System", platform.platform(terse=True)),
    ]
