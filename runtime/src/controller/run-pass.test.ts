import { fakeClock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { KubeConnectionError } from "@eddy/kube";
import { describe, expect, test } from "vitest";
import { createRun } from "./create-run.ts";
import { defaultSettings, type ControllerEnvironment } from "./environment.ts";
import type { ReconcilableObject, ReconcilableStatus } from "./object.ts";
import type { Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";
import { settle, type PassResult } from "./run-pass.ts";
import { StepError } from "./step-error.ts";

const secret = "pass-word";

/** A pass over this object, as far as the server answers its write of the status so, and what it left. */
async function pass(
  object: ReconcilableObject,
  write: (status: ReconcilableStatus) => ReconcilableObject | undefined,
  work: (run: Run<ReconcilableObject>) => Outcome,
): Promise<PassResult> {
  const masker = createMasker().of("b");
  masker.register(secret);
  const clock = fakeClock();
  const writer = { write: async (status: ReconcilableStatus) => write(status) };
  const control = createRun({
    object,
    clock,
    logger: silentLogger,
    masker,
    slot: { release() {}, retake: async () => {}, yield: async () => {}, onRequested: () => () => {} },
    writer,
    requeueDependencyMs: 1_000,
    publish() {},
    onStep() {},
  });
  return settle(work(control.run), control, writer, {
    environment: { clock, settings: defaultSettings } as unknown as ControllerEnvironment,
    negative: [],
    observesGeneration: true,
    masker,
    publish() {},
    writeLater: async (action) => void (await action()),
  });
}

/** A pass over an object with this status that fails; what it wrote, and what follows. */
async function failedPass(
  before: ReconcilableStatus,
  error: StepError,
  work: (run: Run<ReconcilableObject>) => void = () => {},
): Promise<{ status: ReconcilableStatus; next: PassResult["next"] }> {
  let status = before;
  const { next } = await pass(
    { apiVersion: "v1", kind: "Kind", metadata: { name: "a", namespace: "b" }, spec: {}, status: before },
    (desired) => void (status = desired),
    (run) => {
      work(run);
      return { kind: "failed", error, status: {} };
    },
  );
  return { status, next };
}

const healthy = (message: string) => (run: Run<ReconcilableObject>) =>
  run.setCondition({ type: "Healthy", status: "False", reason: "HealthCheckFailed", message });

test("no condition repeats a secret, and the next pass finds what this one wrote", async () => {
  const error = new StepError("BuildFailed", `refused ${secret}`);
  const first = await failedPass({}, error, healthy(`Deployment/b/${secret} failed`));
  expect(JSON.stringify(first.status)).not.toContain(secret);
  expect(first.status.conditions?.map(({ type, message }) => `${type}: ${message}`)).toEqual(
    expect.arrayContaining(["Ready: refused *****", "Healthy: Deployment/b/***** failed"]),
  );
  const long = structuredClone(first.status);
  for (const condition of long.conditions ?? []) condition.lastTransitionTime = "2020-01-01T00:00:00Z";
  const second = await failedPass(long, error, healthy(`Deployment/b/${secret} failed`));
  expect(second.status.conditions).toEqual(long.conditions);
});

test.each([`refused ${secret}`, "refused"])("what broke decides when to look again: %s", async (message) => {
  const error = new StepError("Failed", message, { cause: new KubeConnectionError("no answer") });
  expect((await failedPass({}, error)).next).toEqual({ kind: "backoff" });
});

test("an artifact that nobody serves now is asked for again soon, one that is refused at the retry interval", async () => {
  const failed = (code: string): StepError =>
    new StepError("ArtifactFailed", "no", { cause: new EddyError(code, "no") });
  expect((await failedPass({}, failed("ARTIFACT_UNREACHABLE"))).next).toEqual({ kind: "backoff" });
  expect((await failedPass({}, failed("ARTIFACT_FETCH"))).next).toEqual({ kind: "retry" });
});

describe("the rest that a pass leaves", () => {
  const object: ReconcilableObject = {
    apiVersion: "v1",
    kind: "Kind",
    metadata: { name: "a", namespace: "b", generation: 1, resourceVersion: "1", finalizers: ["f"] },
    spec: {},
  };
  const rest = { holds: () => true, event: () => ({ severity: "info", reason: "Ok", message: "" }) as const };

  /** What a pass that succeeded leaves, when the server answers its write so; undefined: nothing was to be written. */
  async function restAfter(answer: ((status: ReconcilableStatus) => ReconcilableObject) | undefined): Promise<unknown> {
    const passed = await pass(
      object,
      (status) => answer?.(status),
      (run) => run.succeeded({}, { rest }),
    );
    return passed.rest?.object;
  }
  const written = (status: ReconcilableStatus, metadata: object = {}): ReconcilableObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: "2", ...metadata },
    status,
  });

  test("is that of the object as it was read, where nothing was written", async () => {
    expect(await restAfter(undefined)).toBe(object);
  });

  test("is that of the object as it was written", async () => {
    expect(await restAfter((status) => written(status))).toMatchObject({ metadata: { resourceVersion: "2" } });
  });

  test.each<[string, (status: ReconcilableStatus) => ReconcilableObject]>([
    ["the spec was changed", (status) => written(status, { generation: 2 })],
    ["an annotation was set", (status) => written(status, { annotations: { a: "b" } })],
    ["the finalizer was taken off", (status) => written(status, { finalizers: [] })],
    ["it is being deleted", (status) => written(status, { deletionTimestamp: "2026-01-01T00:00:00Z" })],
    ["somebody else wrote a status", (status) => written({ ...status, observedGeneration: 7 })],
  ])("is none, where meanwhile %s", async (_name, answer) => {
    expect(await restAfter(answer)).toBeUndefined();
  });
});
