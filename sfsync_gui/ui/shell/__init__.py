"""The frame around the panels: window, sidebar, menus, tray, notifications, start and end."""
