"""The database: one connection per thread, transactions, migrations."""
