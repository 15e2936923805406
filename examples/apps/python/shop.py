"""A small shop in plain Python. The server tells a relay of the order, the page has the pixel's half with the same id."""

import base64
import json
import os
import re
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PIXEL_ID = os.environ["WAYBILL_PIXEL_ID"]
RELAY = os.environ.get("WAYBILL_RELAY", "http://127.0.0.1:8787")
TOKEN = os.environ.get("WAYBILL_INTAKE_TOKEN", "")

LOADER = "https://bzrcdn.openai.com"
API = "https://bzr.openai.com"
FORM = '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'

# Stands for your database. Whoever has the key sees the thank-you page, so it cannot be guessed.
orders = {}


def report(event):
    """Hands an event to the relay, which has it on disk when it answers, and delivers it. Says so where the relay did not take it."""
    request = urllib.request.Request(
        f"{RELAY}/v1/events?pid={PIXEL_ID}",
        data=json.dumps({"events": [event]}).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {TOKEN}"},
    )
    try:
        # A file or a table of your own keeps what the relay did not take; its id makes sure that it counts once.
        with urllib.request.urlopen(request, timeout=2) as answer:
            answer.read()
    except OSError as error:
        print(f"{event['id']} is not reported yet: {error}", flush=True)


def event_of(order):
    """The server's half. The relay hashes the address before anything leaves it."""
    return {
        "id": f"order_{order['number']}",
        "type": "order_created",
        "timestamp": order["paid_at_ms"],
        "actionSource": "web",
        "sourceUrl": "https://shop.example.com/thank-you",
        "data": {"amount": order["total"], "currency": "EUR"},
        **order["visitor"],
    }


def in_script(value):
    """JSON that may stand in a script of a page."""
    return json.dumps(value).replace("<", "\\u003c")


def pixel_of(order, nonce):
    """The browser's half: the same id and the same amount, in minor units: 2599 is 25.99 EUR."""
    init = in_script(["init", {"pixelId": PIXEL_ID}])
    data = {"type": "contents", "amount": 2599, "currency": "EUR"}
    measure = in_script(["measure", "order_created", data, {"event_id": f"order_{order['number']}"}])
    return (
        f'<script nonce="{nonce}">window.oaiq=function q(){{q.q.push(arguments)}};oaiq.q=[];oaiq(...{init})</script>'
        f'<script nonce="{nonce}" async src="{LOADER}/sdk/oaiq.min.js"></script>'
        f'<script nonce="{nonce}">window.oaiq&&oaiq(...{measure})</script>'
    )


def policy(nonce):
    return f"default-src 'self'; script-src 'nonce-{nonce}' {LOADER}; connect-src {API} {LOADER}; img-src {API}"


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/":
            return self.landing(query)
        order = orders.get(path.removeprefix("/thank-you/"))
        if order is None:
            return self.answer(404, "Not found")
        nonce = uuid.uuid4().hex
        pixel = pixel_of(order, nonce) if self.consents() else ""
        html = f"<!doctype html><title>Thank you</title><h1>Thank you for order {order['number']}</h1>{pixel}"
        self.answer(200, html, {"content-security-policy": policy(nonce), "cache-control": "private, no-store"})

    def landing(self, query):
        """Keeps the click reference. From the raw query: parse_qs would decode it, and it must stay as it came."""
        found = re.search(r"(?:^|&)oppref=([^&]+)", query)
        headers = {}
        if found and self.consents():
            value = base64.urlsafe_b64encode(found[1].encode("latin-1")).decode()
            headers["set-cookie"] = f"click={value}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax"
        self.answer(200, FORM, headers)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if self.path != "/checkout":
            return self.answer(404, "Not found")
        email = parse_qs(body).get("email", [""])[0]
        order = {
            "number": 1001 + len(orders),
            "paid_at_ms": int(time.time() * 1000),
            "total": "25.99",
            "visitor": self.visitor(email) if self.consents() else {},
        }
        key = str(uuid.uuid4())
        orders[key] = order
        report(event_of(order))
        self.answer(303, "", {"location": f"/thank-you/{key}"})

    def visitor(self, email):
        """What may be told of the visitor."""
        user = {"email": email, "ipAddress": self.client_address[0], "userAgent": self.headers.get("user-agent")}
        click = self.cookie("click")
        return {"user": user, **({"oppref": base64.urlsafe_b64decode(click).decode("latin-1")} if click else {})}

    def consents(self):
        """Stands for your consent tool."""
        return self.cookie("ads") == "yes"

    def cookie(self, name):
        found = re.search(rf"(?:^|; ){name}=([^;]*)", self.headers.get("cookie", ""))
        return found[1] if found else None

    def answer(self, status, html, headers=None):
        self.send_response(status)
        for name, value in {"content-type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(html.encode())


if __name__ == "__main__":
    address = ("127.0.0.1", int(os.environ.get("PORT", "3000")))
    print("http://%s:%d" % address, flush=True)
    ThreadingHTTPServer(address, Shop).serve_forever()
