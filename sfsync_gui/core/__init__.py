"""What the product knows: values, rules, decisions. Pure: no I/O, no clock, no asyncio."""
