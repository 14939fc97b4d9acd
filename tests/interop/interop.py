"""What PyJWT, joserfc and Authlib make of our tokens and keys, and the app of theirs; and the same of passkeys.

    interop.py key FILE                 makes a signing key, as PKCS#8 PEM
    interop.py check OWN GIVEN FILE     OWN signs by a key of its own and has its URL as the issuer, GIVEN signs by that of the file

One line a case: "ok NAME", or "FAILED NAME: why". Anything that goes wrong beside the cases ends it with an error.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.request

import authlib.integrations.base_client as authlib_client
import authlib.integrations.requests_client
import authlib.oauth2.rfc8414
import authlib.oidc.core
import authlib.oidc.discovery
import joserfc.errors
import joserfc.jwk
import joserfc.jwt
import jwt
import passkeys

ALGORITHM = "ES256"
OURS = "latchkey"
JWKS = "/.well-known/jwks.json"


def ask(url, body=None, token=None):
    """Status and JSON of an answer."""
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    if body is not None:
        request.add_header("content-type", "application/json")
    if token is not None:
        request.add_header("authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "null")


def log_in(host, username):
    """A token of a new account."""
    password = "a long enough secret"
    status, _ = ask(f"{host}/api/signup", {"username": username, "password": password, "name": "Ada"})
    assert status == 201, status
    status, answer = ask(f"{host}/api/login", {"username": username, "password": password})
    assert status == 200, status
    return answer["token"]


def case(name, right, why=""):
    print(f"ok {name}" if right else f"FAILED {name}: {why}", flush=True)


def verdict(verify):
    """What a library says: the claims, or the name of its error."""
    try:
        return verify()
    except (jwt.PyJWTError, joserfc.errors.JoseError, ValueError) as error:
        return type(error).__name__


# For each library, a function that verifies with a JWK set, and one that signs.


def pyjwt_verify(token, keys, audience=OURS, issuer=OURS):
    kid = jwt.get_unverified_header(token)["kid"]
    key = jwt.PyJWKSet.from_dict(keys)[kid]
    options = {"require": ["exp", "iat", "iss", "aud", "sub", "jti"]}
    return jwt.decode(token, key, algorithms=[ALGORITHM], audience=audience, issuer=issuer, options=options)


def joserfc_verify(token, keys, audience=OURS, issuer=OURS):
    decoded = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(keys), algorithms=[ALGORITHM])
    required = {name: {"essential": True} for name in ["exp", "iat", "sub", "jti"]}
    rules = joserfc.jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": audience}, **required
    )
    rules.validate(decoded.claims)
    return decoded.claims


def pyjwt_sign(header, claims, key):
    algorithm = header["alg"]
    if key is not None:
        key = key.raw_value if isinstance(key, joserfc.jwk.OctKey) else key.as_pem(private=True)
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


def joserfc_sign(header, claims, key):
    return joserfc.jwt.encode(header, claims, key, algorithms=[header["alg"]])


def tampered(token):
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{('B' if signature[0] == 'A' else 'A') + signature[1:]}"


def verifies_ours(own, given):
    """Tokens of a login, by the key set that is served, and by nothing else."""
    token, (_, keys), (_, other_keys) = log_in(own, "ada"), ask(own + JWKS), ask(given + JWKS)
    for name, verify in [("PyJWT", pyjwt_verify), ("joserfc", joserfc_verify)]:
        claims = verdict(lambda: verify(token, keys, issuer=own))
        case(f"{name} verifies a token of a login", isinstance(claims, dict) and claims["sub"] == "ada", claims)
        case(f"{name} reads the session of it", isinstance(claims, dict) and len(claims["sid"]) == 32, claims)
        for what, refused in [
            ("another audience", lambda: verify(token, keys, issuer=own, audience="other")),
            ("another issuer", lambda: verify(token, keys, issuer="other")),
            ("a changed signature", lambda: verify(tampered(token), keys, issuer=own)),
        ]:
            case(f"{name} refuses it for {what}", isinstance(verdict(refused), str), "accepted")
        try:
            right = isinstance(verdict(lambda: verify(token, other_keys, issuer=own)), str)
        except KeyError:
            right = True
        case(f"{name} refuses it by the keys of another app", right, "accepted")
    client = jwt.PyJWKClient(own + JWKS)
    key = client.get_signing_key_from_jwt(token)
    case("PyJWKClient finds the key by itself", key.key_id == keys["keys"][0]["kid"], key.key_id)
    for key in keys["keys"]:
        thumbprint = joserfc.jwk.ECKey.import_key(key).thumbprint()
        case("kid is the thumbprint that joserfc computes", key["kid"] == thumbprint, thumbprint)
        case("nothing private is served", "d" not in key)


class Verifier(authlib_client.OAuth2Mixin, authlib_client.OpenIDMixin, authlib_client.BaseApp):
    """Authlib's client of OpenID Connect, without a web framework. It takes issuer, keys and algorithm from the metadata."""

    client_cls = authlib.integrations.requests_client.OAuth2Session


def finds_keys(own, given):
    """Tokens of a login, by Authlib, which is told nothing but the issuer."""
    token, of_other = log_in(own, "lovelace"), log_in(given, "lovelace")
    for name, place in [
        ("OpenID Connect", authlib.oidc.discovery.get_well_known_url(own, external=True)),
        ("RFC 8414", authlib.oauth2.rfc8414.get_well_known_url(own, external=True)),
    ]:
        verifier = Verifier(None, client_id=OURS, server_metadata_url=place)

        def verify(token):
            return verifier.parse_id_token({"id_token": token}, nonce=None, claims_cls=authlib.oidc.core.CodeIDToken)

        claims = verdict(lambda: verify(token))
        case(f"Authlib finds the keys by {name}", isinstance(claims, dict) and claims["sub"] == "lovelace", claims)
        case(f"Authlib: {name} has no other issuer", verifier.server_metadata["issuer"] == own, verifier.server_metadata)
        for what, refused in [("a changed signature", tampered(token)), ("a token of another app", of_other)]:
            case(f"Authlib refuses by {name}: {what}", isinstance(verdict(lambda: verify(refused)), str), "accepted")
        # Authlib wants RS256 among the algorithms, and endpoints of OAuth, which are not there.
        metadata = authlib.oidc.discovery.OpenIDProviderMetadata(verifier.server_metadata)
        for member in ["response_types_supported", "subject_types_supported"]:
            case(f"Authlib takes {member} by {name}", verdict(getattr(metadata, f"validate_{member}")) is None)
    status, answer = ask(authlib.oidc.discovery.get_well_known_url(given, external=True))
    case("an issuer that is no URL is not found", status == 404 and "token_issuer" in answer["detail"], (status, answer))


def gives_keys(given, key):
    """A signing key that joserfc made is the one that is served and that signs."""
    _, keys = ask(given + JWKS)
    theirs = key.as_dict(private=False, alg=ALGORITHM, use="sig", kid=key.thumbprint())
    case("the served set is that of the key given", keys == {"keys": [theirs]}, f"{keys} and not {theirs}")
    token = log_in(given, "ada")
    for name, verify in [("PyJWT", pyjwt_verify), ("joserfc", joserfc_verify)]:
        claims = verdict(lambda: verify(token, {"keys": [theirs]}))
        case(f"{name} verifies by the key that it has itself", isinstance(claims, dict), claims)
    return token


def tokens_of_theirs(given, key, token):
    """What the app says of tokens that the libraries signed."""
    sid = jwt.decode(token, options={"verify_signature": False})["sid"]
    now = int(time.time())
    good = {"iss": OURS, "aud": OURS, "sub": "ada", "name": "Ada", "jti": "theirs", "sid": sid}
    good |= {"iat": now, "exp": now + 600}
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.thumbprint()}
    other = joserfc.jwk.ECKey.generate_key("P-256")
    # The attack uses the public key as a bare point. Both libraries refuse the other forms of a public key as a secret.
    jwk = key.as_dict(private=False)
    point = b"".join(base64.urlsafe_b64decode(jwk[half] + "=") for half in "xy")
    secret = joserfc.jwk.OctKey.import_key(point)
    without = lambda name: {claim: value for claim, value in good.items() if claim != name}
    others = {
        "HS256": secret,
        "HS512": secret,
        "ES384": joserfc.jwk.ECKey.generate_key("P-384"),
        "ES512": joserfc.jwk.ECKey.generate_key("P-521"),
        "RS256": joserfc.jwk.RSAKey.generate_key(2048),
        "PS256": joserfc.jwk.RSAKey.generate_key(2048),
        "EdDSA": joserfc.jwk.OKPKey.generate_key("Ed25519"),
    }
    signers = [("PyJWT", pyjwt_sign), ("joserfc", joserfc_sign)]
    for name, sign in signers:
        for what, header_of, claims in [
            ("a good token", header, good),
            ("an array of audiences with ours", header, good | {"aud": ["other", OURS]}),
            ("a good token with nbf", header, good | {"nbf": now}),
        ]:
            status, answer = ask(f"{given}/api/authorizer", token=sign(header_of, claims, key))
            right = status == 200 and answer["principalId"] == "ada" and answer["context"]["session"] == sid
            case(f"{name}: accepted: {what}", right, (status, answer))
        status, answer = ask(f"{given}/api/messages", {"text": f"by {name}"}, sign(header, good, key))
        case(f"{name}: a message is posted by it", status == 201, (status, answer))
        refused = [
            ("another key", sign(header | {"kid": other.thumbprint()}, good, other)),
            ("another key under our kid", sign(header, good, other)),
            ("no kid", sign({"alg": ALGORITHM, "typ": "JWT"}, good, key)),
            ("another kid", sign(header | {"kid": "x"}, good, key)),
            ("expired", sign(header, good | {"exp": now - 120}, key)),
            ("not valid yet", sign(header, good | {"nbf": now + 600}, key)),
            ("issued in the future", sign(header, good | {"iat": now + 600}, key)),
            ("another audience", sign(header, good | {"aud": "other"}, key)),
            ("another issuer", sign(header, good | {"iss": "other"}, key)),
            ("a session that is not there", sign(header, good | {"sid": "0" * 32}, key)),
            ("a session of somebody else", sign(header, good | {"sub": "mallory"}, key)),
            ("a fraction of a second", sign(header, good | {"exp": now + 600.5}, key)),
            ("an access token of another kind", sign(header | {"typ": "at+jwt"}, good, key)),
        ]
        refused += [(f"no {claim}", sign(header, without(claim), key)) for claim in ["sid", "sub", "exp", "iat", "aud", "iss", "jti"]]
        refused += [(algorithm, sign(header | {"alg": algorithm}, good, key)) for algorithm, key in others.items()]
        if name == "PyJWT":
            refused.append(("none", sign(header | {"alg": "none"}, good, None)))
        for what, forged in refused:
            status, answer = ask(f"{given}/api/authorizer", token=forged)
            right = status == 401 and answer["code"] == "invalid_token"
            case(f"{name}: refused: {what}", right, (status, answer))
    # A token that was valid is refused once its session has ended.
    request = urllib.request.Request(f"{given}/api/logout", method="POST", headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 204, answer.status
    for name, sign in signers:
        status, answer = ask(f"{given}/api/authorizer", token=sign(header, good, key))
        case(f"{name}: refused: a good token after the logout", status == 401, (status, answer))


def main(command, *arguments):
    if command == "key":
        with open(arguments[0], "wb") as file:
            file.write(joserfc.jwk.ECKey.generate_key("P-256").as_pem(private=True))
        return
    own, given, path = arguments
    with open(path, "rb") as file:
        key = joserfc.jwk.ECKey.import_key(file.read())
    verifies_ours(own, given)
    finds_keys(own, given)
    token = gives_keys(given, key)
    tokens_of_theirs(given, key, token)
    passkeys.check(own, case)


main(*sys.argv[1:])
