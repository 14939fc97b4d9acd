// Checks that SimpleWebAuthn accepts the passkey that Chromium makes for the options of the app, and what it signs for them. The app gets
// both too. The authenticator is one that Chromium simulates.
//
//     passkeys.mjs PACKAGES OWN

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [packages, own] = process.argv.slice(2);
const theirs = await import(pathToFileURL(createRequire(`${packages}/`).resolve("@simplewebauthn/server")));

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

// Runs in the page. The last argument is what takes the result.
const CEREMONIES = `
  const done = arguments[arguments.length - 1];
  const person = { username: "katherine", password: "a long enough secret" };
  const ask = async (path, body, token) => {
    const headers = { "content-type": "application/json" };
    if (token) headers.authorization = "Bearer " + token;
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
    return { status: answer.status, ...(await answer.json()) };
  };
  const ceremonies = async () => {
    await ask("/api/signup", { ...person, name: "Katherine" });
    const { token } = await ask("/api/login", person);
    const creation = (await ask("/api/account/passkeys/begin", { password: person.password }, token)).options;
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(creation) });
    const registration = made.toJSON();
    const added = await ask("/api/account/passkeys", { name: "Chromium", credential: registration }, token);
    const request = (await ask("/api/login/passkey/begin")).options;
    const signed = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(request) });
    const authentication = signed.toJSON();
    const login = await ask("/api/login/passkey", { credential: authentication });
    return { creation, registration, added: added.status, request, authentication, login: login.status };
  };
  ceremonies().then(done, (error) => done({ error: String(error) }));`;

// A chromedriver on a free port, as a function that sends a command.
async function startDriver() {
  const program = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: program.stdout })) {
    const port = line.match(/started successfully on port (\d+)/)?.[1];
    if (!port) continue;
    const send = async (method, path, body) => {
      const options = { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(60000) };
      const { value } = await (await fetch(`http://127.0.0.1:${port}${path}`, options)).json();
      if (value?.error) throw new Error(`${value.error}: ${value.message}`);
      return value;
    };
    return { program, send };
  }
  throw new Error("chromedriver does not start");
}

async function ceremoniesAt(page) {
  const { program, send } = await startDriver();
  const profile = await mkdtemp(`${tmpdir()}/interop-`);
  try {
    const chrome = { args: [...FLAGS, `--user-data-dir=${profile}`] };
    const wanted = { "goog:chromeOptions": chrome, timeouts: { script: 30000 } };
    const { sessionId } = await send("POST", "/session", { capabilities: { alwaysMatch: wanted } });
    const session = `/session/${sessionId}`;
    try {
      const kind = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
      await send("POST", `${session}/webauthn/authenticator`, kind);
      await send("POST", `${session}/url`, { url: page });
      const result = await send("POST", `${session}/execute/async`, { script: CEREMONIES, args: [] });
      if (result.error) throw new Error(result.error);
      return result;
    } finally {
      await send("DELETE", session);
    }
  } finally {
    program.kill();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function check(name, right, why) {
  console.log(right ? `ok SimpleWebAuthn: ${name}` : `FAILED SimpleWebAuthn: ${name}: ${JSON.stringify(why)}`);
}

const origin = `http://localhost:${new URL(own).port}`;
const { creation, registration, added, request, authentication, login } = await ceremoniesAt(`${origin}/login`);
check("the app takes the passkey, and logs in", added === 201 && login === 200, [added, login]);
// What the library says of a response, or why it refuses it.
const registered = (rules = {}) => {
  const expected = { expectedChallenge: creation.challenge, expectedOrigin: origin, expectedRPID: creation.rp.id };
  return theirs.verifyRegistrationResponse({ response: registration, ...expected, ...rules }).catch((error) => error);
};
const { verified, registrationInfo: info } = await registered();
check("verifies the passkey", verified && info.userVerified && info.fmt === "none" && info.rpID === "localhost", info);
const authenticated = (rules = {}) => {
  const expected = { expectedChallenge: request.challenge, expectedOrigin: origin, expectedRPID: request.rpId };
  const known = { response: authentication, credential: info.credential };
  return theirs.verifyAuthenticationResponse({ ...known, ...expected, ...rules }).catch((error) => error);
};
const { verified: isSigned, authenticationInfo: signed } = await authenticated();
check("verifies what it signs", isSigned && signed.userVerified && signed.newCounter > info.credential.counter, signed);
check("finds the handle of the account in it", authentication.response.userHandle === creation.user.id, authentication);
for (const [what, rules] of [
  ["challenge", { expectedChallenge: "AAAA" }],
  ["origin", { expectedOrigin: "http://localhost:1" }],
  ["relying party", { expectedRPID: "example.com" }],
]) {
  check(`refuses the passkey for another ${what}`, (await registered(rules)) instanceof Error);
  check(`refuses what it signs for another ${what}`, (await authenticated(rules)) instanceof Error);
}
