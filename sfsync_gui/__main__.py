"""The two ways in: the `sfsync` commands, and the window. Each loads only what is its own."""


def command_line() -> None:
    """Run the `sfsync` commands."""
    from sfsync_gui.cli.main import application

    application()


def window() -> None:
    """Open the window, and end with its exit code."""
    from sfsync_gui.app.gui import main

    raise SystemExit(main())


if __name__ == "__main__":
    command_line()
