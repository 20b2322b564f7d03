"""The product's memory: SQLAlchemy tables, repositories, migrations. All SQL lives here."""
