import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Unready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(503)


HTTPServer(("127.0.0.1", int(sys.argv[1])), Unready).serve_forever()
