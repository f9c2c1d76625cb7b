import type { Alert, ProviderSpec } from "@eddy/api";
import { describe, expect, it } from "vitest";
import type { FluxEvent } from "../event/flux-event.ts";
import { sampleAlert, sampleEvent, sampleProvider } from "../testing/samples.ts";
import { combineMetadata } from "./combine-metadata.ts";
import { determineRoute } from "./determine-route.ts";

const own = "kustomize.toolkit.fluxcd.io/";
const annotation = "event.toolkit.fluxcd.io/";

describe("determineRoute()", () => {
  const update = { [`${own}commit_status`]: "update" };
  const cases: [string, ProviderSpec["type"], Partial<FluxEvent>, string][] = [
    ["a message", "slack", {}, "Send"],
    ["the progress of a commit is nothing for chats", "slack", { metadata: update }, "Drop"],
    ["the progress of a commit to a webhook", "generic", { metadata: update }, "Send"],
    ["the progress of a commit to a signed webhook", "generic-hmac", { metadata: update }, "Send"],
    ["the progress of a commit to a forge", "github", { metadata: update }, "Send"],
    ["news without a commit to a forge", "gitlab", {}, "Log"],
    ["an error without a commit to a forge", "gitlab", { severity: "error" }, "Send"],
    ["news of a commit to a forge", "gitea", { metadata: { [`${annotation}commit`]: "abc" } }, "Send"],
    ["an empty commit is none", "gitea", { metadata: { [`${annotation}commit`]: "" } }, "Log"],
    ["a comment without a change request", "githubpullrequestcomment", {}, "Log"],
    ["a comment of an error without a change request", "gitlabmergerequestcomment", { severity: "error" }, "Log"],
    [
      "a comment on a change request",
      "giteapullrequestcomment",
      { metadata: { [`${annotation}change_request`]: "1" } },
      "Send",
    ],
  ];
  it.each(cases)("%s", (_name, type, event, want) => {
    const route = determineRoute(sampleEvent({ metadata: {}, ...event }), sampleAlert(), sampleProvider(type), {
      noCrossNamespaceRefs: false,
    });
    expect(route.name).toBe(want);
  });

  it("nothing is sent to a suspended provider", () => {
    const provider = sampleProvider("slack", { suspend: true });
    expect(determineRoute(sampleEvent(), sampleAlert(), provider, { noCrossNamespaceRefs: false }).name).toBe("Drop");
  });

  it("another namespace is refused where references between namespaces are", () => {
    const event = sampleEvent({ involvedObject: { ...sampleEvent().involvedObject, namespace: "infra" } });
    const provider = sampleProvider("slack", { suspend: true });
    expect(determineRoute(event, sampleAlert(), provider, { noCrossNamespaceRefs: true })).toEqual({
      name: "Refuse",
      message:
        "discarding event, access denied to cross-namespace sources: alert 'apps/all' can't process event from 'Kustomization/infra/webapp', cross-namespace references have been blocked",
    });
  });
});

describe("combineMetadata()", () => {
  const combine = (
    metadata: Record<string, string>,
    spec: Partial<Alert["spec"]> = {},
  ): ReturnType<typeof combineMetadata> => combineMetadata(sampleEvent({ metadata }), sampleAlert(spec));

  it("takes the prefixes off and sorts", () => {
    const { event, conflicts } = combine({ [`${own}revision`]: "r", [`${annotation}env`]: "prod" });
    expect(Object.entries(event.metadata ?? {})).toEqual([
      ["env", "prod"],
      ["revision", "r"],
    ]);
    expect(conflicts).toEqual({});
  });

  it.each<[string, Record<string, string>, Partial<Alert["spec"]>, Record<string, string>, Record<string, string>]>([
    [
      "the alert's over annotations",
      { [`${annotation}env`]: "a" },
      { eventMetadata: { env: "b" } },
      { env: "b" },
      { env: "involved object annotations, Alert object .spec.eventMetadata" },
    ],
    [
      "the summary over the alert's metadata",
      {},
      { eventMetadata: { summary: "a" }, summary: "b" },
      { summary: "b" },
      { summary: "Alert object .spec.eventMetadata, Alert object .spec.summary" },
    ],
    [
      "the controller's over everything",
      { [`${annotation}revision`]: "a", [`${own}revision`]: "c" },
      { eventMetadata: { revision: "b" } },
      { revision: "c" },
      {
        revision: "involved object annotations, Alert object .spec.eventMetadata, involved object controller metadata",
      },
    ],
  ])("%s, and says so", (_name, metadata, spec, want, conflicts) => {
    const combined = combine(metadata, spec);
    expect([combined.event.metadata, combined.conflicts]).toEqual([want, conflicts]);
  });

  it("names that objects have in JavaScript are names like any other", () => {
    const { event } = combine(
      {},
      { eventMetadata: JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string> },
    );
    expect(Object.keys(event.metadata ?? {})).toEqual(["__proto__", "constructor"]);
  });
});
