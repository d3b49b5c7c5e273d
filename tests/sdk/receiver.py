"""A receiver of our webhooks as a stranger would write it, with the official library for Python. It reads its secret and
tells what came, with its judgement, a JSON line each."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = None


def tell(words):
    print(json.dumps(words), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        refused = None
        try:
            webhook.verify(body, headers)
        except WebhookVerificationError as error:
            refused = str(error)
        self.send_response(400 if refused else 204)
        self.end_headers()
        tell({"headers": headers, "body": body, "refused": refused})

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
tell({"url": f"http://127.0.0.1:{server.server_port}/hook"})
for line in sys.stdin:
    webhook = Webhook(json.loads(line)["secret"])
    tell({"secret": "taken"})
