// Checks that jose accepts the app's tokens and keys, which openid-client finds, and that the app accepts those of jose. The arguments are those of
// interop.py, after the folder of the npm packages:
//
//     interop.mjs PACKAGES key FILE
//     interop.mjs PACKAGES check OWN GIVEN FILE

import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, command, ...rest] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(createRequire(`${packages}/`).resolve(name)));
const jose = await load("jose");
const openid = await load("openid-client");

const ALGORITHM = "ES256";
const OURS = "latchkey";
const JWKS = "/.well-known/jwks.json";

async function ask(url, { body, token, method } = {}) {
  const headers = {};
  if (body) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  method ??= body ? "POST" : "GET";
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30000) });
  const text = await answer.text();
  return { status: answer.status, json: text && JSON.parse(text) };
}

async function logIn(host, username) {
  const password = "a long enough secret";
  const signUp = await ask(`${host}/api/signup`, { body: { username, password, name: "Grace" } });
  const login = await ask(`${host}/api/login`, { body: { username, password } });
  if (signUp.status !== 201 || login.status !== 200) throw new Error(`${signUp.status}, ${login.status}`);
  return login.json.token;
}

function check(name, right, why) {
  console.log(right ? `ok jose: ${name}` : `FAILED jose: ${name}: ${JSON.stringify(why)}`);
}

// Returns the claims, or the code of the error.
async function verdict(token, keys, rules = {}) {
  try {
    const required = ["exp", "iat", "sub", "jti", "sid"];
    const options = { algorithms: [ALGORITHM], issuer: OURS, audience: OURS, requiredClaims: required, ...rules };
    return (await jose.jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof jose.errors.JOSEError) return error.code;
    throw error;
  }
}

function sign(header, claims, key) {
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(key);
}

async function verifiesOurs(own, given) {
  const token = await logIn(own, "grace");
  const { json: set } = await ask(own + JWKS);
  const remote = jose.createRemoteJWKSet(new URL(own + JWKS));
  for (const [name, keys] of [["served", remote], ["copied", jose.createLocalJWKSet(set)]]) {
    const claims = await verdict(token, keys, { issuer: own });
    check(`verifies a token of a login by the set ${name}`, claims.sub === "grace" && claims.sid?.length === 32, claims);
    check(`refuses it for another audience, set ${name}`, (await verdict(token, keys, { issuer: own, audience: "other" })) === "ERR_JWT_CLAIM_VALIDATION_FAILED");
    check(`refuses it for another issuer, set ${name}`, (await verdict(token, keys, { issuer: "other" })) === "ERR_JWT_CLAIM_VALIDATION_FAILED");
    const [head, claimed, signature] = token.split(".");
    const tampered = `${head}.${claimed}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`;
    check(`refuses it with another signature, set ${name}`, (await verdict(tampered, keys, { issuer: own })) === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  }
  const other = jose.createRemoteJWKSet(new URL(given + JWKS));
  check("refuses it by the keys of another app", (await verdict(token, other, { issuer: own })) === "ERR_JWKS_NO_MATCHING_KEY");
  for (const key of set.keys) {
    check("computes the kid as the thumbprint", (await jose.calculateJwkThumbprint(key)) === key.kid, key);
    check("is served nothing private", !("d" in key));
  }
}

// Tokens of a login, by the keys and the algorithm that openid-client finds, which is told nothing but the issuer.
async function findsKeys(own, given) {
  const [token, ofOther] = [await logIn(own, "hopper"), await logIn(given, "hopper")];
  for (const algorithm of ["oidc", "oauth2"]) {
    const options = { algorithm, execute: [openid.allowInsecureRequests] };
    const found = (await openid.discovery(new URL(own), OURS, undefined, openid.None(), options)).serverMetadata();
    const rules = { issuer: found.issuer, algorithms: found.id_token_signing_alg_values_supported };
    const keys = jose.createRemoteJWKSet(new URL(found.jwks_uri));
    const claims = await verdict(token, keys, rules);
    check(`verifies a token by the issuer alone, ${algorithm}`, claims.sub === "hopper" && claims.iss === own, claims);
    check(`refuses one of another app by it, ${algorithm}`, (await verdict(ofOther, keys, rules)) === "ERR_JWKS_NO_MATCHING_KEY");
    const none = await openid.discovery(new URL(given), OURS, undefined, openid.None(), options).catch((error) => error);
    check(`finds no issuer that is no URL, ${algorithm}`, none instanceof Error, none);
  }
}

async function givesKeys(given, key, publicJwk) {
  const { json: set } = await ask(given + JWKS);
  const sorted = (jwk) => JSON.stringify(Object.entries(jwk).sort());
  check("the served set is that of the key given", set.keys.length === 1 && sorted(set.keys[0]) === sorted(publicJwk), set);
  const token = await logIn(given, "grace");
  const claims = await verdict(token, await jose.importJWK(publicJwk));
  check("verifies by the key that it has itself", claims.sub === "grace", claims);
  return token;
}

async function tokensOfTheirs(given, key, kid, token) {
  const sid = jose.decodeJwt(token).sid;
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: OURS, aud: OURS, sub: "grace", name: "Grace", jti: "theirs", sid, iat: now, exp: now + 600 };
  const header = { alg: ALGORITHM, typ: "JWT", kid };
  const without = (name) => Object.fromEntries(Object.entries(good).filter(([claim]) => claim !== name));
  const authorizer = (forged) => ask(`${given}/api/authorizer`, { token: forged });
  for (const [what, claims, head] of [
    ["a good token", good, header],
    ["an array of audiences with ours", { ...good, aud: ["other", OURS] }, header],
    ["a good token with nbf", { ...good, nbf: now }, header],
    ["no typ", good, { alg: ALGORITHM, kid }],
  ]) {
    const { status, json } = await authorizer(await sign(head, claims, key));
    check(`accepted: ${what}`, status === 200 && json.principalId === "grace" && json.context.session === sid, [status, json]);
  }
  const post = await ask(`${given}/api/messages`, { body: { text: "by jose" }, token: await sign(header, good, key) });
  check("a message is posted by it", post.status === 201, post);
  const other = (await jose.generateKeyPair(ALGORITHM)).privateKey;
  const refused = [
    ["another key under our kid", header, good, other],
    ["another kid", { ...header, kid: "x" }, good, key],
    ["no kid", { alg: ALGORITHM, typ: "JWT" }, good, key],
    ["crit", { ...header, crit: ["b64"], b64: true }, good, key],
    ["an access token of another kind", { ...header, typ: "at+jwt" }, good, key],
    ["expired", header, { ...good, exp: now - 120 }, key],
    ["not valid yet", header, { ...good, nbf: now + 600 }, key],
    ["issued in the future", header, { ...good, iat: now + 600 }, key],
    ["a fraction of a second", header, { ...good, exp: now + 600.5 }, key],
    ["another audience", header, { ...good, aud: "other" }, key],
    ["another issuer", header, { ...good, iss: "other" }, key],
    ["a session that is not there", header, { ...good, sid: "0".repeat(32) }, key],
    ["a session of somebody else", header, { ...good, sub: "mallory" }, key],
    ...["sid", "sub", "exp", "iat", "aud", "iss", "jti"].map((claim) => [`no ${claim}`, header, without(claim), key]),
  ];
  for (const alg of ["ES384", "ES512", "RS256", "PS256", "EdDSA"]) {
    refused.push([alg, { ...header, alg }, good, (await jose.generateKeyPair(alg)).privateKey]);
  }
  const publicPem = new TextEncoder().encode(await jose.exportSPKI(await jose.importJWK({ ...(await jose.exportJWK(key)), d: undefined, alg: ALGORITHM }, ALGORITHM, { extractable: true })));
  for (const alg of ["HS256", "HS384", "HS512"]) refused.push([alg, { ...header, alg }, good, publicPem]);
  const forged = await Promise.all(refused.map(async ([what, head, claims, by]) => [what, await sign(head, claims, by)]));
  forged.push(["none", new jose.UnsecuredJWT(good).encode()]);
  for (const [what, text] of forged) {
    const { status, json } = await authorizer(text);
    check(`refused: ${what}`, status === 401 && json.code === "invalid_token", [status, json]);
  }
  const logout = await ask(`${given}/api/logout`, { method: "POST", token });
  const after = await authorizer(await sign(header, good, key));
  check("refused: a good token after the logout", logout.status === 204 && after.status === 401, [logout, after]);
}

if (command === "key") {
  const { privateKey } = await jose.generateKeyPair(ALGORITHM, { extractable: true });
  await writeFile(rest[0], await jose.exportPKCS8(privateKey));
} else {
  const [own, given, path] = rest;
  const key = await jose.importPKCS8(await readFile(path, "utf8"), ALGORITHM, { extractable: true });
  const { kty, crv, x, y } = await jose.exportJWK(key);
  const kid = await jose.calculateJwkThumbprint({ kty, crv, x, y });
  await verifiesOurs(own, given);
  await findsKeys(own, given);
  const token = await givesKeys(given, key, { kty, crv, x, y, kid, alg: ALGORITHM, use: "sig" });
  await tokensOfTheirs(given, key, kid, token);
}
