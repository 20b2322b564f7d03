"""The demo workspace: a simulated Intercom and Salesforce behind real HTTP on loopback.

The sandbox shares no code with the product: code shared with the services layer would make both
wrong together. It behaves as the real services do, also where that is inconvenient.
"""
