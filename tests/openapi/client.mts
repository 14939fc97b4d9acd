// The life of an account, by openapi-fetch with the types that openapi-typescript makes of openapi.yaml. tsc compiles it
// beside those types, and refuses a comparison with a code that an answer can't have.
//
//     client.mjs URL

import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

type Schemas = components["schemas"];
type Answer<Data, Problem> = { data?: Data; error?: Problem; response: Response };

const url = process.argv[2] ?? "";
const username = "typescript-client";
const [password, nextPassword] = ["a bridge of 9 arches", "a tower of 9 storeys"];
const anybody = createClient<paths>({ baseUrl: url });
const withToken = (token: string) => createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${token}` } });

function expect(right: boolean, what: unknown): asserts right {
  if (!right) throw new Error(JSON.stringify(what));
}

function done<Data>(answer: Answer<Data, unknown>, status: number): NonNullable<Data> {
  expect(answer.response.status === status, [answer.response.url, answer.response.status, answer.error]);
  return (answer.data ?? {}) as NonNullable<Data>;
}

// The problem of an answer. Its type is that of all problems that the operation may have.
function refused<Problem>(answer: Answer<unknown, Problem>, status: number): NonNullable<Problem> {
  const { error, response } = answer;
  expect(response.status === status && error !== undefined && error !== null, [response.url, response.status, answer.data]);
  return error;
}

// The statuses of errors for which an operation has no problem. The host's 431 has none.
type Problems = { content: { "application/problem+json": Schemas["Problem"] } };
type Missing<Answers> = { [Status in Exclude<keyof Answers, 200 | 201 | 202 | 204 | 304 | 431>]: Answers[Status] extends Problems ? never : Status };
type MissingIn<Operation> = Operation extends { responses: infer Answers } ? Missing<Answers>[keyof Missing<Answers>] : never;
type MissingAt<Path extends keyof paths> = MissingIn<paths[Path]["get" | "post" | "delete" | "options"]>;
type MissingAnywhere = { [Path in keyof paths]: MissingAt<Path> }[keyof paths];
true satisfies [MissingAnywhere] extends [never] ? true : MissingAnywhere;

const account: Schemas["SignupRequest"] = { username, password, name: "Ada" };
expect(done(await anybody.POST("/api/signup", { body: account }), 201).user.username === username, "another name");
expect(refused(await anybody.POST("/api/signup", { body: account }), 409).code === "username_taken", "another code");
const short = refused(await anybody.POST("/api/signup", { body: { ...account, username: "x" } }), 422);
expect(short.code === "validation_failed" && short.errors?.[0]?.code === "too_short", short);
const wrong = refused(await anybody.POST("/api/login", { body: { username, password: "wrong" } }), 401);
expect(wrong.code === "invalid_credentials", wrong);

const login: Schemas["LoginRequest"] = { username, password, refresh_token_in: "body" };
const first = done(await anybody.POST("/api/login", { body: login }), 200);
expect("token" in first, first);
const next = done(await anybody.POST("/api/session/refresh", { body: { refresh_token: first.refresh_token ?? "" } }), 200);
const stale = refused(await anybody.POST("/api/session/refresh", { body: { refresh_token: "x" } }), 401);
expect(stale.code === "invalid_refresh_token", stale);
const ada = withToken(next.token);

const { message } = done(await ada.POST("/api/messages", { body: { text: "Good morning." } }), 201);
const page = done(await anybody.GET("/api/messages", { params: { query: { author: username } } }), 200);
expect(page.messages.length === 1 && page.messages[0]?.id === message.id && page.next === null, page);
const limit = refused(await anybody.GET("/api/messages", { params: { query: { limit: 0 } } }), 400);
expect(limit.code === "invalid_request", limit);
expect(done(await ada.GET("/api/authorizer"), 200).principalId === username, "another principal");
const itself = { params: { path: { id: message.id } } };
done(await ada.DELETE("/api/messages/{id}", itself), 204);
expect(refused(await ada.DELETE("/api/messages/{id}", itself), 404).code === "not_found", "another code");

const second = done(await anybody.POST("/api/login", { body: login }), 200);
expect("token" in second, second);
const [, other] = done(await ada.GET("/api/sessions"), 200).sessions;
expect(other?.current === false, other);
done(await ada.DELETE("/api/sessions/{id}", { params: { path: { id: other.id } } }), 204);
expect(refused(await withToken(second.token).POST("/api/logout"), 401).code === "invalid_token", "another code");
const change = { current_password: password, new_password: nextPassword };
done(await ada.POST("/api/account/password", { body: change }), 204);
expect(done(await ada.GET("/api/account"), 200).user.name === "Ada", "another name");
expect(done(await anybody.GET("/.well-known/jwks.json"), 200).keys.length > 0, "no key");
expect(refused(await anybody.GET("/.well-known/openid-configuration"), 404).code === "not_found", "another code");

const kept = refused(await ada.POST("/api/account/delete", { body: { password } }), 422);
expect(kept.code === "validation_failed" && kept.errors?.[0]?.code === "wrong_password", kept);
done(await ada.POST("/api/account/delete", { body: { password: nextPassword } }), 204);
expect(refused(await ada.GET("/api/account"), 401).code === "invalid_token", "another code");
