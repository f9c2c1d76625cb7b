import type { Alert } from "@eddy/api";
import { describe, expect, it } from "vitest";
import type { FluxEvent } from "../event/flux-event.ts";
import { sampleAlert, sampleEvent } from "../testing/samples.ts";
import { matchAlert } from "./match-alert.ts";

const object = sampleEvent().involvedObject;

describe("matchAlert()", () => {
  const one = (source: Partial<Alert["spec"]["eventSources"][number]>): Partial<Alert["spec"]> => ({
    eventSources: [{ kind: "Kustomization", name: "webapp", ...source }],
  });
  const cases: [string, Partial<Alert["spec"]>, Partial<FluxEvent>, boolean][] = [
    ["name and kind", one({}), {}, true],
    ["every name", one({ name: "*" }), {}, true],
    ["another name", one({ name: "other" }), {}, false],
    ["another kind", one({ kind: "HelmRelease" }), {}, false],
    ["another namespace", one({ namespace: "infra" }), {}, false],
    [
      "a namespace that is named",
      one({ namespace: "infra" }),
      { involvedObject: { ...object, namespace: "infra" } },
      true,
    ],
    ["no namespace is the alert's", one({}), { involvedObject: { ...object, namespace: "infra" } }, false],
    ["news to an alert of errors", { eventSeverity: "error" }, {}, false],
    ["an error to an alert of errors", { eventSeverity: "error" }, { severity: "error" }, true],
    ["an error to an alert of everything", { eventSeverity: "info" }, { severity: "error" }, true],
    ["suspended", { suspend: true }, {}, false],
    [
      "any of two sources",
      {
        eventSources: [
          { kind: "Bucket", name: "a" },
          { kind: "Kustomization", name: "*" },
        ],
      },
      {},
      true,
    ],
    ["included", { inclusionList: ["nothing", "^Reconciliation .*in"] }, {}, true],
    ["not included", { inclusionList: ["^finished"] }, {}, false],
    ["excluded", { exclusionList: ["finished"] }, {}, false],
    ["included and excluded", { inclusionList: ["Reconciliation"], exclusionList: ["in 1s"] }, {}, false],
    ["an exclusion that does not match", { exclusionList: ["^waiting"] }, {}, true],
  ];
  it.each(cases)("%s", (_name, spec, event, matches) => {
    expect(matchAlert(sampleAlert(spec), sampleEvent(event), () => ({}))).toEqual({ matches, problems: [] });
  });

  it.each([
    ["inclusionList", "failed to compile inclusion regex: (?=a)", false],
    ["exclusionList", "failed to compile exclusion regex: (?=a)", true],
  ])("an expression of %s that is none is told, and counts as no match", (list, message, matches) => {
    const found = matchAlert(sampleAlert({ [list]: ["(?=a)"] }), sampleEvent(), () => ({}));
    expect(found).toEqual({ matches, problems: [{ reason: "InvalidConfig", message }] });
  });

  it("a hostile expression costs no more than its length", () => {
    const spec = { inclusionList: ["^(a+)+$"] };
    const found = matchAlert(sampleAlert(spec), sampleEvent({ message: `${"a".repeat(50_000)}b` }), () => ({}));
    expect(found.matches).toBe(false);
  });

  it.each([
    ["all labels are there", { app: "web", tier: "front" }, true],
    ["one is another", { app: "api" }, false],
    ["there are none", {}, false],
  ])("labels: %s", (_name, labels, matches) => {
    const spec = { eventSources: [{ kind: "Kustomization" as const, name: "*", matchLabels: { app: "web" } }] };
    expect(matchAlert(sampleAlert(spec), sampleEvent(), () => labels).matches).toBe(matches);
  });

  it("says when the object with the labels cannot be read", () => {
    const spec = { eventSources: [{ kind: "Kustomization" as const, name: "*", matchLabels: { app: "web" } }] };
    expect(matchAlert(sampleAlert(spec), sampleEvent(), () => undefined)).toEqual({
      matches: false,
      problems: [{ reason: "SourceFetchFailed", message: "error getting source object Kustomization/apps/webapp" }],
    });
  });

  it("asks for labels only when everything else matches", () => {
    const spec = { eventSources: [{ kind: "Bucket" as const, name: "*", matchLabels: { app: "web" } }] };
    const found = matchAlert(sampleAlert(spec), sampleEvent(), () => expect.unreachable());
    expect(found.matches).toBe(false);
  });
});
