"""What people see: the window, the tray, the panels, and the words on them."""
