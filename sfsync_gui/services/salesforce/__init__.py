"""The adapter for Salesforce's REST API.

`client` is what the engine is given, `tokens` keeps the sign-in alive. One request goes through
`session` (sign-in, usage) and `transport` (sockets); `errors` and `refusals` word its failures.
"""
