import type { ControllerEvent } from "@eddy/runtime/events";
import { describe, expect, it } from "vitest";
import { narrate } from "./narrate.ts";
import { formatNarration } from "./progress.ts";

const at = new Date("2026-11-21T12:00:00.123Z");

const repository: ControllerEvent["involvedObject"] = {
  group: "source.toolkit.fluxcd.io",
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "GitRepository",
  namespace: "flux-system",
  name: "apps",
};

function event(change: Partial<ControllerEvent>): ControllerEvent {
  return {
    involvedObject: {
      group: "kustomize.toolkit.fluxcd.io",
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      namespace: "flux-system",
      name: "apps",
    },
    severity: "info",
    timestamp: "2026-11-21T12:00:00Z",
    message: "",
    reason: "Progressing",
    metadata: {},
    reportingController: "kustomize-controller",
    reportingInstance: "here",
    ...change,
  };
}

describe("narrate()", () => {
  const revision = `main@sha1:${"0a".repeat(20)}`;
  it.each<[string, Partial<ControllerEvent>, { happening: string; text: string } | undefined]>([
    [
      "a new artifact is a commit, with its short revision and subject",
      {
        involvedObject: repository,
        reason: "NewArtifact",
        message: "stored artifact for commit 'Greet differently'",
        metadata: { "source.toolkit.fluxcd.io/revision": revision },
      },
      { happening: "commit", text: "main@sha1:0a0a0a0a Greet differently" },
    ],
    [
      "a new artifact of any other kind is no commit",
      {
        involvedObject: { ...repository, kind: "HelmRepository" },
        reason: "NewArtifact",
        message: "stored fetched index of size 1.2kB from 'http://127.0.0.1'",
      },
      { happening: "fetched", text: "stored fetched index of size 1.2kB from 'http://127.0.0.1'" },
    ],
    [
      "a new chart",
      { reason: "ChartPullSucceeded", message: "pulled 'buoy' chart with version '1.0.0'" },
      { happening: "fetched", text: "pulled 'buoy' chart with version '1.0.0'" },
    ],
    [
      "an installed release",
      { reason: "InstallSucceeded", message: "Helm install succeeded for release a/b.v1 with chart b@1.0.0" },
      { happening: "applied", text: "Helm install succeeded for release a/b.v1 with chart b@1.0.0" },
    ],
    [
      "a change set is one line",
      { message: "ConfigMap/a/b created\nDeployment/a/c configured" },
      { happening: "applied", text: "ConfigMap/a/b created, Deployment/a/c configured" },
    ],
    [
      "a passed health check",
      { message: "Health check passed in 250ms" },
      { happening: "healthy", text: "Health check passed in 250ms" },
    ],
    [
      "the end of a pass",
      { reason: "ReconciliationSucceeded", message: "Reconciliation finished in 3ms, next run in 10m0s" },
      { happening: "ready", text: "Reconciliation finished in 3ms, next run in 10m0s" },
    ],
    [
      "an error names its reason and has no line breaks",
      { severity: "error", reason: "BuildFailed", message: "a.yaml:\n  line 3" },
      { happening: "failed", text: "BuildFailed: a.yaml: line 3" },
    ],
    [
      "an update of an image",
      { reason: "UpdateCommitted", message: "automated update, version 1.0.0 -> 1.1.0: committed" },
      { happening: "updated", text: "automated update, version 1.0.0 -> 1.1.0: committed" },
    ],
    [
      "an update that waits for votes",
      { reason: "ApprovalRequested", message: "update 1.0.0 -> 1.1.0 waits for votes" },
      { happening: "waiting", text: "update 1.0.0 -> 1.1.0 waits for votes" },
    ],
    ["what only a Kubernetes Event is for says nothing", { severity: "trace", reason: "ArtifactUpToDate" }, undefined],
    ["an unknown reason says nothing", { reason: "GarbageCollectionSucceeded", message: "collected" }, undefined],
  ])("%s", (_name, change, want) => {
    const told = narrate(event(change), at);
    expect(told && { happening: told.happening, text: told.text }).toEqual(want);
  });

  it("takes the time from when it came, and the line neutralises what a terminal would obey", () => {
    const told = narrate(event({ message: "ConfigMap/a/\u001b[31mred created" }), at);
    expect(told?.at).toBe("2026-11-21T12:00:00.123Z");
    expect(told && formatNarration(told)).not.toContain("\u001b");
    expect(told && formatNarration(told)).toMatch(/\.123 {2}applied {2}Kustomization\/flux-system\/apps {2}ConfigMap/);
  });
});
