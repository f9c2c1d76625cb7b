import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathProof } from "./prove.ts";
import { WebhookRefusal } from "./push-hint.ts";
import { receivePush } from "./receive-push.ts";

const call = (body: unknown, headers: Record<string, string> = {}, proof = ""): Parameters<typeof receivePush>[1] => ({
  headers,
  body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  proof,
});
const gitHub = (event: string): Record<string, string> => ({ "x-github-event": event });
const event = (action: string, over: object = {}): object => ({
  action,
  target: { repository: "team/app", tag: "1.2.3", digest: "sha256:a" },
  request: { host: "registry.example:5000" },
  ...over,
});

describe("payloads", () => {
  it.each<[string, unknown, string[], Record<string, string>?]>([
    ["native", { name: "ghcr.io/org/app", tag: "1.1.1" }, ["ghcr.io/org/app:1.1.1"]],
    ["native", { host: "ghcr.io", name: "org/app", tag: "1.1.1", digest: "sha256:a" }, ["ghcr.io/org/app:1.1.1"]],
    [
      "dockerhub",
      { push_data: { tag: "0.0.5", pusher: "x" }, repository: { repo_name: "org/app", status: "Active" } },
      ["org/app:0.0.5"],
    ],
    [
      "quay",
      { name: "repository", docker_url: "quay.io/org/app", updated_tags: ["1.2.3", "latest"] },
      ["quay.io/org/app:1.2.3", "quay.io/org/app:latest"],
    ],
    [
      "azure",
      {
        action: "push",
        target: { repository: "app", tag: "v1", digest: "sha256:a" },
        request: { host: "my.azurecr.io" },
      },
      ["my.azurecr.io/app:v1"],
    ],
    [
      "github",
      {
        action: "published",
        package: {
          name: "app",
          namespace: "Org",
          ecosystem: "CONTAINER",
          package_version: { container_metadata: { tag: { name: "1.0" } } },
        },
      },
      ["ghcr.io/org/app:1.0"],
      gitHub("package"),
    ],
    [
      "github",
      {
        registry_package: {
          name: "app",
          namespace: "org",
          package_type: "CONTAINER",
          package_version: { version: "1.0" },
        },
      },
      ["ghcr.io/org/app:1.0"],
      gitHub("registry_package"),
    ],
    [
      "github",
      {
        registry_package: { name: "app", package_type: "CONTAINER", package_version: { version: "sha256:ab" } },
        repository: { full_name: "org/repo" },
      },
      ["ghcr.io/org/app"],
      gitHub("registry_package"),
    ],
    ["github", { zen: "x" }, [], gitHub("ping")],
    [
      "harbor",
      {
        type: "pushImage",
        event_data: { resources: [{ resource_url: "harbor.example/p/app:1.2", tag: "1.2", digest: "sha256:a" }] },
      },
      ["harbor.example/p/app:1.2"],
    ],
    [
      "harbor",
      {
        type: "PUSH_ARTIFACT",
        event_data: {
          resources: [
            { resource_url: "harbor.example:8443/p/app:1.2" },
            { resource_url: "harbor.example/p/b@sha256:ab" },
          ],
        },
      },
      ["harbor.example:8443/p/app:1.2", "harbor.example/p/b"],
    ],
    [
      "jfrog",
      { domain: "docker", event_type: "pushed", data: { image_name: "team/app", tag: "1.0" } },
      ["?/team/app:1.0"],
    ],
    [
      "registry",
      {
        events: [
          event("pull"),
          event("push"),
          event("push", { request: {} }),
          event("push", { target: { repository: "x" } }),
        ],
      },
      ["registry.example:5000/team/app:1.2.3", "?/team/app:1.2.3", "registry.example:5000/x"],
    ],
  ])("%s %j", (format, body, want, headers = {}) => {
    const hints = receivePush(format, call(body, headers), undefined) ?? [];
    expect(hints.map(({ repository, tag }) => (tag === undefined ? repository : `${repository}:${tag}`))).toEqual(want);
  });

  it.each<[string, unknown, string, Record<string, string>?]>([
    ["native", { tag: "1" }, "name is missing"],
    ["native", { name: "x" }, "tag is missing"],
    ["native", { name: ["x"], tag: 1 }, "name is missing"],
    ["native", { name: "x".repeat(600), tag: "1" }, "too long"],
    ["native", "", "no JSON object"],
    ["native", "[]", "no JSON object"],
    ["native", "null", "no JSON object"],
    ["native", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "no JSON object"],
    ["native", "[".repeat(500_000), "no JSON object"],
    ["dockerhub", { push_data: {} }, "repository.repo_name is missing"],
    ["quay", { docker_url: "quay.io/x/y" }, "updated_tags is missing"],
    ["quay", { docker_url: "quay.io/x/y", updated_tags: Array.from({ length: 1_001 }, () => "1") }, "more than 1000"],
    ["azure", { target: { repository: "x", tag: "" }, request: { host: "h.io" } }, "target.tag is missing"],
    ["github", { package: {} }, "neither package nor registry_package", gitHub("push")],
    ["github", { package: { ecosystem: "npm" } }, "no container", gitHub("package")],
    ["harbor", { type: "DELETE_ARTIFACT" }, "neither pushImage nor PUSH_ARTIFACT"],
    ["harbor", { type: "pushImage", event_data: {} }, "event_data.resources is missing"],
    ["jfrog", { data: { image_name: "x" } }, "data.tag is missing"],
    ["registry", {}, "events is missing"],
  ])("%s %.60j is refused: %s", (format, body, message, headers = {}) => {
    expect(() => receivePush(format, call(body, headers), undefined)).toThrow(message);
  });

  it("a tag that no registry can have names none", () => {
    for (const tag of ["x".repeat(10_240), "a b", "\u001b[31m", "../x"])
      expect(receivePush("native", call({ name: "a/b", tag }), undefined)).toEqual([{ repository: "a/b" }]);
  });

  it("anything at all is a list of hints or a refusal", () => {
    const names = fc.constantFrom("native", "dockerhub", "quay", "azure", "github", "harbor", "jfrog", "registry");
    const keys = fc.constantFrom(
      "name",
      "tag",
      "host",
      "events",
      "target",
      "request",
      "repository",
      "push_data",
      "package",
      "data",
      "type",
      "event_data",
      "resources",
      "docker_url",
      "updated_tags",
    );
    const { payload } = fc.letrec<{ payload: unknown }>((tie) => ({
      payload: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.constant(null),
        fc.integer(),
        fc.array(tie("payload"), { maxLength: 3 }),
        fc.dictionary(keys, tie("payload"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(names, payload, fc.constantFrom("package", "registry_package"), (format, body, eventName) => {
        try {
          return Array.isArray(receivePush(format, call(body ?? null, gitHub(eventName)), undefined));
        } catch (error) {
          return error instanceof WebhookRefusal;
        }
      }),
    );
  });
});

describe("proof", () => {
  const token = "correct-horse-battery";
  const body = { name: "a/b", tag: "1" };
  const sign = (text: string, key = token): string => `sha256=${createHmac("sha256", key).update(text).digest("hex")}`;
  const text = JSON.stringify(body);
  it.each<[string, Record<string, string>, string?]>([
    ["a signature of the body", { "x-hub-signature-256": sign(text) }],
    ["the same under Eddy's name", { "x-eddy-signature": sign(text) }],
    ["the token as it is, as Harbor sends it", { authorization: token }],
    ["a bearer", { authorization: `Bearer ${token}` }],
    ["the password of Basic", { authorization: `Basic ${Buffer.from(`keel:${token}`).toString("base64")}` }],
    ["the path", {}, pathProof(token, "native")],
  ])("%s is taken", (_, headers, proof = "") => {
    expect(receivePush("native", call(body, headers, proof), token)).toEqual([{ repository: "a/b", tag: "1" }]);
  });
  it.each<[string, Record<string, string>, string?]>([
    ["nothing", {}],
    ["a signature of another body", { "x-hub-signature-256": sign("{}") }],
    ["a signature by another key", { "x-hub-signature-256": sign(text, "other") }],
    ["a signature without its prefix", { "x-hub-signature-256": sign(text).slice(7) }],
    ["a wrong signature beside the right token", { "x-hub-signature-256": "sha256=00", authorization: token }],
    ["another bearer", { authorization: "Bearer x" }],
    ["the path of another format", {}, pathProof(token, "quay")],
    ["an empty bearer", { authorization: "Bearer " }],
  ])("%s is refused", (_, headers, proof = "") => {
    expect(() => receivePush("native", call(body, headers, proof), token)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });
  it("is asked for before anything is read", () => {
    expect(() => receivePush("native", call("no json"), token)).toThrow(expect.objectContaining({ status: 401 }));
  });
});
