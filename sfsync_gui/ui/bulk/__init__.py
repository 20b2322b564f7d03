"""Bulk sync of linked people in the window: the dry run, and how far it is."""
