"""A provider on loopback that answers at an exact pace and notes when requests come and tokens go.

The last user message says what to do: ``tokens=2000 pace=50 mark=w``; pace 0 is as fast as it goes.
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ORDER = re.compile(r"tokens=(\d+) pace=(\d+) mark=(\w+)")


class Provider:
    def __init__(self) -> None:
        self.requests: list[float] = []
        self.sent: list[float] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps({"object": "list", "data": [{"id": "bench", "object": "model"}]}).encode()
                self._begin("application/json", len(body))
                self.wfile.write(body)

            def do_POST(self) -> None:
                at = time.time()
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(at)
                found = _ORDER.search(request["messages"][-1]["content"])
                tokens, pace, mark = (int(found[1]), int(found[2]), found[3]) if found else (5, 0, "w")
                self._begin("text/event-stream", None)
                outer.answer(self.wfile, tokens, pace, mark)

            def _begin(self, kind: str, length: int | None) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                if length is not None:
                    self.send_header("Content-Length", str(length))
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def answer(self, out: object, tokens: int, pace: int, mark: str) -> None:
        """Tokens ``mark0 mark1 ...`` in paragraphs of 50; ``sent`` holds when each left."""
        self.sent = []
        started = time.time()
        for at in range(tokens):
            if pace:
                time.sleep(max(0.0, started + at / pace - time.time()))
            text = f"{mark}{at}" + ("\n\n" if at % 50 == 49 else " ")
            document = {"id": "b", "model": "bench", "choices": [{"index": 0, "delta": {"content": text}}]}
            out.write(b"data: " + json.dumps(document).encode() + b"\n\n")  # type: ignore[attr-defined]
            out.flush()  # type: ignore[attr-defined]
            self.sent.append(time.time())
        usage = {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": tokens + 10}
        end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
        out.write(b"data: " + json.dumps(end).encode() + b"\n\ndata: [DONE]\n\n")  # type: ignore[attr-defined]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
