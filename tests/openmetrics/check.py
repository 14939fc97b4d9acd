"""Reads the metrics of the host by the strict parser of Prometheus' own library, and compares them with the requests made."""

import sys
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def requests(metrics):
    """The answers so far, by component, method and status."""
    with urllib.request.urlopen(metrics) as answer:
        assert answer.headers["content-type"].startswith("application/openmetrics-text"), answer.headers
        families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
    assert families["latchkey_request_duration_seconds"].type == "histogram", families
    samples = families["latchkey_requests"].samples
    return {tuple(sorted(sample.labels.items())): sample.value for sample in samples}


def ask(method, url):
    try:
        urllib.request.urlopen(urllib.request.Request(url, method=method)).read()
    except urllib.error.HTTPError:
        pass


def main(app, metrics):
    ask("GET", app + "/api/messages")
    before = requests(metrics)
    for _ in range(7):
        ask("GET", app + "/api/messages")
    for method in ("BREW", "DELETE", "OPTIONS"):
        ask(method, app + "/api/messages")
    ask("GET", app + "/.well-known/spin/health")
    after = requests(metrics)
    more = {labels: count - before.get(labels, 0) for labels, count in after.items() if count != before.get(labels, 0)}
    expected = {
        ("messages", "GET", "200"): 7,
        ("messages", "other", "405"): 1,
        ("messages", "DELETE", "405"): 1,
        ("messages", "OPTIONS", "204"): 1,
        ("host", "GET", "200"): 1,
    }
    names = ("component", "method", "status")
    expected = {tuple(zip(names, values)): count for values, count in expected.items()}
    assert more == expected, more


main(*sys.argv[1:])
