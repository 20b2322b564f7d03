"""Nothing beyond what is imported: of lxml, Salesforce's client uses `etree` alone."""
