"""What the keeper of a profile says when it cannot go on."""

from pathlib import Path

from sfsync_gui.core.failures import SetupError, SfsyncError, StoreError


def defect_of(defect: Exception) -> SfsyncError:
    """The failure to show for a defect of the program's own; never its text, which may quote."""
    return SfsyncError(
        "SFSync stopped unexpectedly",
        "Something went wrong inside SFSync. What is stored was left as it is.",
        "Start SFSync again. If it happens again, send the diagnostics from Settings.",
        detail=type(defect).__name__,
    )


def not_open(data_dir: Path) -> StoreError:
    """The profile's store is asked for while it is not open."""
    return StoreError(
        "The profile is not open",
        f"The data folder {data_dir} is not in use yet, or cannot be used.",
        "Wait a moment, then try again.",
        subject=str(data_dir),
    )


def not_connected() -> SetupError:
    """Something needs both services while one is not connected."""
    return SetupError(
        "Not connected yet",
        "Both Intercom and Salesforce must be connected for this.",
        "Connect the missing one under Connections.",
        code="not_connected",
    )


def in_use_after_all(data_dir: Path) -> StoreError:
    """A database is to be set aside that can be used."""
    return StoreError(
        "The database is in use",
        "It could be opened meanwhile, and was left as it is.",
        "Go on with it.",
        subject=str(data_dir),
    )
