"""A marimo notebook on the published warehouse: ``marimo edit prices_marimo.py -- --file published.duckdb``."""

import marimo

app = marimo.App()


@app.cell
def _():
    import duckdb
    import marimo as mo

    con = duckdb.connect(mo.cli_args().get("file") or "published.duckdb", read_only=True)
    return con, mo


@app.cell
def _(con):
    start = con.sql("from marts.start_here").pl()
    return (start,)


@app.cell
def _(mo, start):
    mo.ui.table(start)


@app.cell
def _(con, mo):
    bill = con.sql("from marts.bill('gpt-4o', input_tokens := 300e6, output_tokens := 50e6) where provider = 'openai'").pl()
    mo.ui.table(bill)


if __name__ == "__main__":
    app.run()
