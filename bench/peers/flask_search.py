"""A peer of `npm run bench`: a Flask + sqlite3 log server with columns, an index on time and one on the address.

POST /api/logs takes an array and commits it; POST /api/ask takes {"sql", "values"} and gives the rows. 127.0.0.1 alone.
"""

import logging
import sqlite3
import sys

from flask import Flask, jsonify, request

port, database = int(sys.argv[1]), sys.argv[2]
app = Flask(__name__)
COLUMNS = ("time", "host", "program", "user", "ip", "outcome", "level", "raw")

with sqlite3.connect(database) as first:
    first.execute("PRAGMA journal_mode = WAL")
    first.execute(
        "CREATE TABLE log (id INTEGER PRIMARY KEY, time INTEGER, host TEXT, program TEXT, user TEXT, ip TEXT, outcome TEXT, level TEXT, raw TEXT)"
    )
    first.execute("CREATE INDEX log_by_time ON log (time)")
    first.execute("CREATE INDEX log_by_ip ON log (ip)")


@app.post("/api/logs")
def logs():
    connection = sqlite3.connect(database)
    with connection:
        connection.executemany(
            "INSERT INTO log (time, host, program, user, ip, outcome, level, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [tuple(row.get(name) for name in COLUMNS) for row in request.get_json(force=True)],
        )
    connection.close()
    return jsonify(status="ok"), 201


@app.post("/api/ask")
def ask():
    body = request.get_json(force=True)
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(body["sql"], body["values"])]
    connection.close()
    return jsonify(found)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app.run(host="127.0.0.1", port=port, threaded=True)
