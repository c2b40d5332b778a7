"""httpx over HTTP/2 and TLS against a proxy: http2.py PORT. Prints what went wrong, and "done"."""

import sys

import httpx

BODY = b'{"x":[1,2,3]}'
URL = f"https://localhost:{sys.argv[1]}"


def generated():
    yield BODY[:5]
    yield BODY[5:]


def one_part():
    yield BODY


WAYS = {"bytes": lambda: BODY, "generator": generated, "generator of one": one_part}

with httpx.Client(http2=True, verify=False, timeout=20) as client:
    for path in ("/echo", "/slow"):
        for name, content in WAYS.items():
            for length in ({}, {"content-length": str(len(BODY))}):
                for attempt in range(3):
                    got = client.post(URL + path, content=content(), headers=length)
                    if (got.http_version, got.status_code, got.content) != ("HTTP/2", 200, BODY):
                        print(path, name, length, got.http_version, got.status_code, got.content)
    for method in ("GET", "DELETE"):
        got = client.request(method, URL + "/echo", content=generated())
        if (got.status_code, got.content) != (200, BODY):
            print(method, got.status_code, got.content)
    try:
        got = client.post(URL + "/broken", content=BODY)
        print("/broken", got.status_code, len(got.content))
    except httpx.HTTPError:
        pass
print("done")
