"""The window, frozen."""

from sfsync_gui.app.gui import main

raise SystemExit(main())
