"""The peer of `npm run bench`: the least a Flask + sqlite3 log server can be. Commits each POST, as such servers do."""

import logging
import sqlite3
import sys

from flask import Flask, jsonify, request

port, database = int(sys.argv[1]), sys.argv[2]
app = Flask(__name__)

with sqlite3.connect(database) as connection:
    connection.execute("CREATE TABLE logs (id INTEGER PRIMARY KEY, host TEXT, timestamp TEXT, message TEXT)")


@app.post("/api/logs")
def logs():
    body = request.get_json(force=True)
    records = body if isinstance(body, list) else [body]
    connection = sqlite3.connect(database)
    with connection:
        connection.executemany(
            "INSERT INTO logs (host, timestamp, message) VALUES (?, ?, ?)",
            [(r.get("host"), r.get("timestamp"), r.get("message")) for r in records],
        )
    connection.close()
    return jsonify(status="ok"), 201


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app.run(host="127.0.0.1", port=port, threaded=True)
