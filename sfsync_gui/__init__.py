"""SFSync keeps the people of an Intercom workspace and a Salesforce org in step."""

__version__ = "0.1.0"
