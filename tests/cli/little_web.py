"""The least that answers /healthz."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Alive(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[1])), Alive).serve_forever()
