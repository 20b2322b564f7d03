"""First run: from an empty profile to a running sync, in steps that can be left and resumed."""
