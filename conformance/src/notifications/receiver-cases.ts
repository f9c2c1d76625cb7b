import { createHmac } from "node:crypto";
import type { ReceiverSpec } from "@eddy/api";

/** One call of a webhook. */
export interface ReceiverCase {
  type: ReceiverSpec["type"];
  name: string;
  spec?: Partial<ReceiverSpec>;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  method?: string;
  /** Added to the path. */
  suffix?: string;
}

/** The token of every receiver. */
export const receiverToken = "0123456789abcdef";

const sign = (algorithm: string, body: string, key: string = receiverToken): string =>
  createHmac(algorithm, key).update(body).digest("hex");
const json = { "content-type": "application/json" };
const push = '{"ref":"refs/heads/main"}';
const form = new URLSearchParams({ payload: push }).toString();
const github = { ...json, "x-github-event": "push", "x-hub-signature-256": `sha256=${sign("sha256", push)}` };
const hmac = (value: string): Record<string, string> => ({ ...json, "x-signature": value });

/** The same calls are made to both. */
export const receiverCases: readonly ReceiverCase[] = [
  { type: "generic", name: "a call" },
  { type: "generic", name: "by GET", method: "GET" },
  { type: "generic", name: "with a query", suffix: "?a=1" },
  { type: "generic", name: "to a path below", suffix: "/a" },
  { type: "generic", name: "a body that is no JSON", body: "{", headers: json },
  { type: "generic", name: "a filter and no JSON", body: "{", headers: json, spec: { resourceFilter: "true" } },
  { type: "generic", name: "a filter and an array", body: "[]", headers: json, spec: { resourceFilter: "true" } },
  { type: "generic", name: "a filter and another content type", body: push, spec: { resourceFilter: "true" } },
  {
    type: "generic",
    name: "a filter of what is not there",
    body: "{}",
    headers: json,
    spec: { resourceFilter: "req.a == 1" },
  },
  {
    type: "generic",
    name: "a filter that refuses",
    body: push,
    headers: json,
    spec: { resourceFilter: "req.ref == 'x'" },
  },
  {
    type: "generic",
    name: "an object that is not there",
    spec: { resources: [{ kind: "GitRepository", name: "gone" }] },
  },
  { type: "generic", name: "all without labels", spec: { resources: [{ kind: "GitRepository", name: "*" }] } },
  { type: "generic", name: "a kind without a version", spec: { resources: [{ kind: "Kustomization", name: "app" }] } },
  { type: "generic", name: "suspended", spec: { suspend: true } },
  { type: "generic", name: "beyond 3 MiB", body: "x".repeat(3 * 1024 * 1024 + 1) },
  { type: "generic-hmac", name: "sha256", body: push, headers: hmac(`sha256=${sign("sha256", push)}`) },
  { type: "generic-hmac", name: "sha1", body: push, headers: hmac(`sha1=${sign("sha1", push)}`) },
  { type: "generic-hmac", name: "sha512", body: push, headers: hmac(`sha512=${sign("sha512", push)}`) },
  { type: "generic-hmac", name: "md5", body: push, headers: hmac(`md5=${sign("md5", push)}`) },
  { type: "generic-hmac", name: "forged", body: push, headers: hmac(`sha256=${sign("sha256", push, "other")}`) },
  { type: "generic-hmac", name: "nothing", body: push },
  { type: "github", name: "a push", body: push, headers: github, spec: { events: ["push"] } },
  { type: "github", name: "another event", body: push, headers: github, spec: { events: ["ping"] } },
  { type: "github", name: "forged", body: `${push} `, headers: github },
  { type: "github", name: "not signed", body: push, headers: json },
  { type: "github", name: "text", body: push, headers: { ...github, "content-type": "text/plain" } },
  {
    type: "github",
    name: "a form",
    body: form,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-github-event": "push",
      "x-hub-signature-256": `sha256=${sign("sha256", form)}`,
    },
  },
  { type: "gitlab", name: "the token", headers: { "x-gitlab-token": receiverToken, "x-gitlab-event": "Push Hook" } },
  { type: "gitlab", name: "another token", headers: { "x-gitlab-token": "x" } },
  {
    type: "gitlab",
    name: "another event",
    headers: { "x-gitlab-token": receiverToken, "x-gitlab-event": "Tag" },
    spec: { events: ["Push Hook"] },
  },
  {
    type: "bitbucket",
    name: "a push",
    body: push,
    headers: { ...json, "x-hub-signature": `sha256=${sign("sha256", push)}` },
  },
  { type: "bitbucket", name: "forged", body: push, headers: { ...json, "x-hub-signature": "sha256=00" } },
  { type: "harbor", name: "the token", headers: { authorization: receiverToken } },
  { type: "harbor", name: "another token", headers: { authorization: "x" } },
  { type: "dockerhub", name: "a push", body: '{"push_data":{"tag":"1"},"repository":{"repo_url":"u"}}', headers: json },
  { type: "dockerhub", name: "another shape", body: '{"push_data":1}', headers: json },
  { type: "quay", name: "a push", body: '{"docker_url":"u","updated_tags":["a"]}', headers: json },
  { type: "quay", name: "no JSON", body: "x" },
  { type: "acr", name: "a push", body: '{"action":"push","target":{"repository":"r","tag":"t"}}', headers: json },
  { type: "acr", name: "another shape", body: '{"target":[]}', headers: json },
  { type: "nexus", name: "signed", body: "{}", headers: { "x-nexus-webhook-signature": sign("sha1", "{}") } },
  { type: "nexus", name: "forged", body: "{}", headers: { "x-nexus-webhook-signature": sign("sha1", "[]") } },
  { type: "gcr", name: "no email in the Secret", body: "{}", headers: { authorization: "Bearer a.b.c" } },
  { type: "cdevents", name: "no event", body: "{}", headers: { "ce-type": "dev.cdevents.change.merged.0.2.0" } },
];
