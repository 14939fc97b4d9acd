"""What python-fido2 makes of our ceremonies of passkeys, and the app of its passkeys."""

import json
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from fido2.cose import ES256, EdDSA
from fido2.server import Fido2Server
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
)

PASSWORD = "a long enough secret"
FLAG = AuthenticatorData.FLAG


class Site:
    """The app as a page at localhost asks it, with the cookies of one browser."""

    def __init__(self, url):
        self.url, self.cookies = url, {}
        self.origin = f"http://localhost:{urllib.parse.urlsplit(url).port}"

    def post(self, path, body, token=None):
        headers = {"content-type": "application/json", "origin": self.origin, "sec-fetch-site": "same-origin"}
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                for cookie in answer.headers.get_all("set-cookie", []):
                    name, value = cookie.split(";")[0].split("=", 1)
                    self.cookies[name] = value
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "null")


class Passkey:
    """An authenticator with one passkey, which knows its user."""

    def __init__(self, private_key, kind, credential_id):
        self.key, self.kind, self.id, self.handle, self.counter = private_key, kind, credential_id, None, 0

    def data(self, rp_id, flags, credential=b""):
        self.counter += 1
        return AuthenticatorData.create(sha256(rp_id.encode()), flags | FLAG.UP | FLAG.UV, self.counter, credential)

    def response(self, members):
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": members}

    def create(self, options, origin):
        options = PublicKeyCredentialCreationOptions.from_dict(options)
        assert self.kind.ALGORITHM in [parameter.alg for parameter in options.pub_key_cred_params]
        self.handle = options.user.id
        public_key = self.kind.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public_key)
        attestation = AttestationObject.create("none", self.data(options.rp.id, FLAG.AT, credential), {})
        client_data = CollectedClientData.create("webauthn.create", options.challenge, origin)
        return self.response(
            {"clientDataJSON": client_data.b64, "attestationObject": websafe_encode(attestation), "transports": ["usb"]}
        )

    def get(self, options, origin):
        options = PublicKeyCredentialRequestOptions.from_dict(options)
        client_data = CollectedClientData.create("webauthn.get", options.challenge, origin)
        data = self.data(options.rp_id, 0)
        signed = data + client_data.hash
        if self.kind is ES256:
            signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        else:
            signature = self.key.sign(signed)
        return self.response(
            {
                "clientDataJSON": client_data.b64,
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.handle),
            }
        )


def state(options):
    return {"challenge": options["challenge"], "user_verification": "required"}


def check(url, case):
    """Passkeys of both algorithms are added, verified by the library too, and log in."""
    site = Site(url)
    status, _ = site.post("/api/signup", {"username": "katherine", "password": PASSWORD, "name": "Katherine"})
    assert status == 201, status
    status, answer = site.post("/api/login", {"username": "katherine", "password": PASSWORD})
    assert status == 200, status
    token = answer["token"]
    theirs = Fido2Server(PublicKeyCredentialRpEntity(name="Latchkey", id="localhost"), lambda page: page == site.origin)
    for name, passkey in [
        ("ES256", Passkey(ec.generate_private_key(ec.SECP256R1()), ES256, b"e" * 32)),
        ("EdDSA", Passkey(ed25519.Ed25519PrivateKey.generate(), EdDSA, b"d" * 64)),
    ]:
        status, begun = site.post("/api/account/passkeys/begin", {"password": PASSWORD}, token)
        assert status == 200, begun
        response = passkey.create(begun["options"], site.origin)
        status, answer = site.post("/api/account/passkeys", {"name": name, "credential": response}, token)
        case(f"python-fido2: {name}: a passkey is added", status == 201, (status, answer))
        registered = theirs.register_complete(state(begun["options"]), response)
        for attempt in ["logs in", "logs in again"]:
            status, begun = site.post("/api/login/passkey/begin", {})
            assert status == 200, begun
            response = passkey.get(begun["options"], site.origin)
            theirs.authenticate_complete(state(begun["options"]), [registered.credential_data], response)
            status, answer = site.post("/api/login/passkey", {"credential": response})
            right = status == 200 and answer["user"]["username"] == "katherine"
            case(f"python-fido2: {name}: it {attempt}", right, (status, answer))
        status, answer = site.post("/api/login/passkey", {"credential": response})
        case(f"python-fido2: {name}: once", status == 401, (status, answer))
        forged = {**response, "response": {**response["response"], "signature": websafe_encode(b"\1" * 64)}}
        status, answer = site.post("/api/login/passkey", {"credential": forged})
        case(f"python-fido2: {name}: a forged signature is refused", status == 401, (status, answer))
