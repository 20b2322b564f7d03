"""What holds for every test: no secret is ever written anywhere."""

pytest_plugins = ("tests.support.secret_watch", "tests.property.worlds_run")
