"""Signatures of requests for AWS, compared with those of AWS' own library. Each line of standard input is a request in JSON."""

import json
import sys

import botocore.auth
import botocore.awsrequest
import botocore.credentials


def signature(request):
    """The Authorization header that botocore makes for a request."""
    headers = dict(request["headers"])
    authorization = headers.pop("authorization")
    names = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    for name in ["content-type", "host", "x-amz-date", "x-amz-target"]:
        assert name in names, f"{name} is not signed"
    assert ("x-amz-security-token" in names) == bool(request["token"]), names
    credentials = botocore.credentials.Credentials(request["id"], request["secret"], request["token"])
    signer = botocore.auth.SigV4Auth(credentials, "dynamodb", request["region"])
    theirs = botocore.awsrequest.AWSRequest("POST", request["url"], data=request["body"].encode(), headers=headers)
    theirs.context["timestamp"] = headers["x-amz-date"]
    canonical = signer.canonical_request(theirs)
    signer._inject_signature_to_request(theirs, signer.signature(signer.string_to_sign(theirs, canonical), theirs))
    return authorization, theirs.headers["Authorization"]


requests = [json.loads(line) for line in sys.stdin]
for request in requests:
    ours, theirs = signature(request)
    assert ours == theirs, f"{ours}\nis not\n{theirs}\nfor {request['url']}"
print(len(requests))
