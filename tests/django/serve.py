"""Serves the project on a free port of 127.0.0.1, which is the first line of stdout.

It ends when stdin does: no server outlives the test that started it.
"""

import os
import socketserver
import sys
import threading
from wsgiref import simple_server

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"


class ThreadingServer(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


class QuietHandler(simple_server.WSGIRequestHandler):
    def address_string(self):
        return self.client_address[0]  # No name lookups.

    def log_message(self, format, *args):
        pass


def main():
    from django.core.wsgi import get_wsgi_application

    server = simple_server.make_server(
        "127.0.0.1",
        0,
        get_wsgi_application(),
        server_class=ThreadingServer,
        handler_class=QuietHandler,
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
