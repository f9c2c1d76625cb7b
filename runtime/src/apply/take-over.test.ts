import { systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { KubeApiError, type KubeClient } from "@eddy/kube";
import { expect, test } from "vitest";
import { interceptClient } from "../testing/index.ts";
import type { JsonPatchStep } from "./foreign-managers.ts";
import { applyStaged, createAppliedMemory } from "./index.ts";

const owner = { group: "kustomize.toolkit.fluxcd.io", namespace: "ns", name: "app" };
const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "ns" },
  spec: { ports: [{ name: "http", port: 80 }] },
};

/** A server that refuses every apply as Invalid until the fields of `manager` were taken over. */
function serverWith(manager: string): { kube: KubeClient; asked: string[] } {
  const asked: string[] = [];
  let takenOver = false;
  const entry = { manager, operation: "Update" as const, fieldsV1: { "f:spec": {} } };
  const live = (): KubeObject => ({
    ...service,
    metadata: { ...service.metadata, uid: "1", resourceVersion: takenOver ? "2" : "1", managedFields: [entry] },
  });
  const refusal = new KubeApiError({ code: 422, reason: "Invalid", message: 'Duplicate value: "http"' });
  const kube: Partial<KubeClient> = {
    resourceFor: () => Promise.resolve({ namespaced: true } as never),
    get: () => Promise.resolve(live() as never),
    apply(_object, { dryRun }) {
      asked.push(dryRun ? "dry-run" : "apply");
      return takenOver ? Promise.resolve(live() as never) : Promise.reject(refusal);
    },
    patch() {
      asked.push("take over");
      takenOver = true;
      return Promise.resolve(live() as never);
    },
  };
  return { kube: kube as KubeClient, asked };
}

function applyTo(kube: KubeClient): Promise<unknown> {
  const memory = createAppliedMemory({ fieldManager: "kustomize-controller" });
  return applyStaged(
    [service],
    { kube, memory },
    {
      owner,
      fieldManager: "kustomize-controller",
      force: false,
      ignore: [],
      clock: systemClock,
      beforeFirstWrite: () => Promise.resolve(),
      waitForStage: () => Promise.resolve(),
    },
  );
}

test("what a hand left is taken over when it makes the change invalid, and the change asked for again", async () => {
  const { kube, asked } = serverWith("kubectl-edit");
  await applyTo(kube);
  expect(asked.slice(0, 3)).toEqual(["dry-run", "take over", "dry-run"]);
});

/** A server on which somebody writes `races` times between our reading and our patch. */
function serverWithRaces(races: number): { kube: KubeClient; asked: string[] } {
  const asked: string[] = [];
  let version = 1;
  let takenOver = false;
  const managedFields = [{ manager: "kubectl-edit", operation: "Update" as const, fieldsV1: { "f:spec": {} } }];
  const live = (): KubeObject => ({
    ...service,
    metadata: { ...service.metadata, uid: "1", resourceVersion: `${version}`, ...(takenOver ? {} : { managedFields }) },
  });
  const answer = async (): Promise<never> => live() as never;
  const server: Partial<KubeClient> = {
    resourceFor: () => Promise.resolve({ namespaced: true } as never),
    get: answer,
    apply: answer,
    patch(_key, _type, body) {
      const [guard] = body as unknown as JsonPatchStep[];
      if (guard?.value !== `${version}`) {
        const message = "the server rejected our request due to an error in our request";
        return Promise.reject(new KubeApiError({ code: 422, reason: "Invalid", message }));
      }
      takenOver = true;
      version++;
      return answer();
    },
  };
  const kube = interceptClient(server as KubeClient, (request, send) => {
    asked.push(request.verb);
    if (request.verb === "patch" && races-- > 0) version++;
    return send();
  });
  return { kube, asked };
}

test("what somebody writes in between is read, and the takeover planned once more", async () => {
  const { kube, asked } = serverWithRaces(2);
  await applyTo(kube);
  expect(asked).toEqual(["dry-run", "get", "patch", "get", "patch", "get", "patch", "apply"]);
});

test("a takeover ends when somebody writes all the time", async () => {
  const { kube, asked } = serverWithRaces(100);
  await expect(applyTo(kube)).rejects.toThrow(
    "Service/ns/web metadata.managedFields cleanup failed: the server rejected",
  );
  expect(asked.filter((verb) => verb === "patch")).toHaveLength(4);
});

test("a refusal stands where nobody's fields are to be taken over", async () => {
  const { kube, asked } = serverWith("some-controller");
  await expect(applyTo(kube)).rejects.toThrow('Service/ns/web dry-run failed (Invalid): Duplicate value: "http"');
  expect(asked).toEqual(["dry-run"]);
});
