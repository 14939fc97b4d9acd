"""hashes.py SECONDS: how many password hashes OpenSSL makes a second on all cores."""

import hashlib
import os
import sys
import threading
import time

seconds = float(sys.argv[1])
start = time.monotonic()
counts = []


def work() -> None:
    count = 0
    while time.monotonic() - start < seconds:
        hashlib.pbkdf2_hmac("sha512", b"a bridge of 9 arches", bytes(16), 220_000, 32)
        count += 1
    counts.append(count)


threads = [threading.Thread(target=work) for _ in range(len(os.sched_getaffinity(0)))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{sum(counts) / (time.monotonic() - start):.2f}")
