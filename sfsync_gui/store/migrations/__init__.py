"""Alembic's script folder: `env` and one module per revision in `versions`.

Read by path at run time, so a packaged application must carry these files as they are.
"""
