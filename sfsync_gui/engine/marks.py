"""Names of marks in the store that several parts of the engine set."""

LAST_COMPARISON = "last_comparison"
"""When the last full comparison ended, by our clock; 0 where one is wanted."""

FIRST_RUN_CHOSEN = "first_run_chosen"
"""Whether the user has said what is to happen first; it stands in the profile."""

BULK_PROMISED = "bulk_promised"
"""Whether the dry run that was chosen with the first run is still to be looked at."""

TAGS_MISSED = "tags_missed"
"""Whether rules for leads did not get the tags that they ask for, since the app may not read them:
whoever came to fit meanwhile is found by a comparison that asks for the tags of everybody."""
