"""PostgreSQL: a store that many processes share. ``store`` needs asyncpg (``pip install 'assent[postgres]'``)."""
