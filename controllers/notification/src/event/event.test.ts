import { fakeClock } from "@eddy/core/clock";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleEvent } from "../testing/samples.ts";
import { reasonWords } from "../providers/reason-words.ts";
import { cleanMetadata, withoutToken } from "./clean-metadata.ts";
import { encodeJson } from "./encode-event.ts";
import { fluxEventOf, type FluxEvent } from "./flux-event.ts";
import { createRateLimit, rateLimitKey } from "./limit-rate.ts";
import { parseEvent } from "./parse-event.ts";

const own = "kustomize.toolkit.fluxcd.io/";

describe("parseEvent()", () => {
  it.each(["", "[]", "1", '"a"', "{", '{"severity":1}', '{"involvedObject":[]}', '{"metadata":{"a":1}}'])(
    "%j is no event",
    (body) => expect(parseEvent(body)).toBeUndefined(),
  );

  it.each(["", "yesterday", "2026-11-21", "2026-11-21 12:00:00Z", "2026-13-21T12:00:00Z"])(
    "%j is no time",
    (timestamp) => expect(parseEvent(JSON.stringify({ timestamp }))).toBeUndefined(),
  );

  it.each(["{}", "null", '{"involvedObject":null,"metadata":null,"timestamp":null}'])("%s is an empty one", (body) => {
    expect(parseEvent(body)).toEqual({
      involvedObject: { kind: "", namespace: "", name: "", apiVersion: "" },
      severity: "",
      timestamp: null,
      message: "",
      reason: "",
      metadata: {},
      reportingController: "",
    });
  });

  it("reads what it is given, times in UTC and to the second", () => {
    const event = sampleEvent({ timestamp: "2026-11-21T14:00:00.987+02:00" });
    expect(parseEvent(JSON.stringify(event))).toEqual(sampleEvent());
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        expect(typeof (parseEvent(body)?.message ?? "")).toBe("string");
      }),
    );
  });
});

describe("fluxEventOf()", () => {
  it("is what other controllers post", () => {
    const { involvedObject, ...rest } = sampleEvent();
    const event = fluxEventOf({
      ...rest,
      involvedObject: { ...involvedObject, uid: "u", resourceVersion: "1", group: "kustomize.toolkit.fluxcd.io" },
      severity: "info",
      timestamp: "2026-11-21T12:00:00.5Z",
      metadata: {},
      reportingInstance: "",
    });
    expect(encodeJson(event)).toBe(
      String.raw`{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp","uid":"u","apiVersion":"kustomize.toolkit.fluxcd.io/v1","resourceVersion":"1"},"severity":"info","timestamp":"2026-11-21T12:00:00Z","message":"Reconciliation finished in 1s \u003c\u0026\u003e","reason":"ReconciliationSucceeded","reportingController":"kustomize-controller"}`,
    );
  });
});

describe("cleanMetadata()", () => {
  it("keeps what is the object's controller's or an annotation's, and nothing internal", () => {
    const metadata = {
      [`${own}revision`]: "r",
      [`${own}checksum`]: "c",
      [`${own}Digest`]: "d",
      [`${own}token`]: "t",
      "event.toolkit.fluxcd.io/env": "prod",
      "source.toolkit.fluxcd.io/revision": "other",
      plain: "no",
    };
    const cleaned = cleanMetadata(sampleEvent({ metadata }));
    expect(cleaned.metadata).toEqual({
      [`${own}revision`]: "r",
      [`${own}token`]: "t",
      "event.toolkit.fluxcd.io/env": "prod",
    });
    expect(withoutToken(cleaned).metadata).toEqual({ [`${own}revision`]: "r", "event.toolkit.fluxcd.io/env": "prod" });
  });
});

describe("rateLimitKey()", () => {
  const base = sampleEvent({ metadata: { [`${own}revision`]: "a" } });
  const object = base.involvedObject;
  const cases: [string, Partial<FluxEvent>, boolean][] = [
    ["another time", { timestamp: "2026-11-21T13:00:00Z" }, true],
    ["another reason", { reason: "Progressing" }, true],
    ["another severity", { severity: "error" }, true],
    ["another uid", { involvedObject: { ...object, uid: "other" } }, true],
    ["other metadata", { metadata: { [`${own}revision`]: "a", [`${own}other`]: "x" } }, true],
    ["another name", { involvedObject: { ...object, name: "other" } }, false],
    ["another namespace", { involvedObject: { ...object, namespace: "other" } }, false],
    ["another kind", { involvedObject: { ...object, kind: "HelmRelease" } }, false],
    ["another message", { message: "other" }, false],
    ["another revision", { metadata: { [`${own}revision`]: "b" } }, false],
    ["an origin", { metadata: { [`${own}revision`]: "a", [`${own}originRevision`]: "o" } }, false],
    ["a token", { metadata: { [`${own}revision`]: "a", [`${own}token`]: "t" } }, false],
  ];
  it.each(cases)("%s: the same news? %s", (_name, change, same) => {
    expect(rateLimitKey({ ...base, ...change }) === rateLimitKey(base)).toBe(same);
  });
});

describe("createRateLimit()", () => {
  it("lets the same news pass once in an interval", () => {
    const clock = fakeClock();
    const limit = createRateLimit(clock, 300_000);
    const admitted = [0, 299_999, 1, 1, 299_999].map((ms) => {
      clock.advance(ms);
      return limit.admit(sampleEvent());
    });
    expect(admitted).toEqual([true, false, true, false, true]);
    expect(limit.admit(sampleEvent({ message: "other" }))).toBe(true);
  });

  it("stays bounded under a flood of different events", () => {
    const limit = createRateLimit(fakeClock(), 300_000);
    for (let index = 0; index < 50_100; index++) limit.admit(sampleEvent({ message: `event ${index}` }));
    expect(limit.admit(sampleEvent({ message: "event 50099" }))).toBe(false);
    expect(limit.admit(sampleEvent({ message: "event 0" }))).toBe(true);
  });
});

describe("reasonWords()", () => {
  it.each([
    ["HealthCheckFailed", "health check failed"],
    ["OCIArtifactPullFailed", "oci artifact pull failed"],
    ["ReconciliationSucceeded", "reconciliation succeeded"],
    ["GitOperationFailed", "git operation failed"],
    ["PDFLoader", "pdf loader"],
    ["Wait2Long", "wait 2 long"],
    ["URL", "url"],
    ["a_b", "a _ b"],
    ["", ""],
  ])("%s", (reason, want) => expect(reasonWords(reason)).toBe(want));
});
