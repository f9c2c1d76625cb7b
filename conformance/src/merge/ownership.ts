import { apply, mergeTypeOf, MergeError, update, type ResourceSchema } from "@eddy/merge";
import { cloneJson } from "@eddy/core/object";
import { deepEqual, sortKeys, type Json, type JsonObject } from "@eddy/core/json";
import type { GoOracle } from "../go-oracle.ts";
import type { Random } from "../random.ts";
import type { Report } from "../suite.ts";
import { mutateValue, randomValue } from "./random-object.ts";
import { randomStruct } from "./random-schema.ts";

/** What the Go program answers. */
export interface Answer {
  object?: Json;
  error?: string;
  code?: number;
  causes?: { message: string; field: string }[];
  panicked?: boolean;
}

const apiVersion = "example.com/v1";
const kind = "Thing";
const steps = 25;
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const managers = ["m1", "m2", "m3", "kubectl", "", "u4", "u5", "u6", "u7", "u8", "u9", "u10", "u11", "u12"];
const strings: JsonObject = { type: "object", additionalProperties: { type: "string" } };

function wrap(spec: JsonObject): JsonObject {
  const metadata: JsonObject = {
    type: "object",
    properties: {
      name: { type: "string" },
      uid: { type: "string" },
      labels: strings,
      annotations: strings,
      managedFields: { type: "array", items: { type: "object" } },
    },
  };
  return {
    type: "object",
    properties: { apiVersion: { type: "string" }, kind: { type: "string" }, metadata, spec },
    "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind }],
  };
}

/** One random history of one object: applies and updates by several managers, each step answered by both. */
export async function compareHistory(random: Random, oracle: GoOracle, report: Report, name: string): Promise<void> {
  const spec = randomStruct(random, 0);
  delete spec["x-kubernetes-map-type"];
  const schema = wrap(spec);
  await oracle.ask({ op: "load", apiVersion, kind, models: { "com.example.v1.Thing": schema } });
  const type = mergeTypeOf(schema, () => undefined);
  const resource: ResourceSchema = { typeOf: (version) => (version === apiVersion ? type : undefined) };
  let live: JsonObject = { apiVersion, kind };
  for (let step = 0; step < steps; step++) {
    const question = randomStep(random, spec, live);
    const before = new Date();
    const theirs = await oracle.ask<Answer>(question);
    const ours = answer(resource, question, before);
    const difference = differenceOf(ours, theirs);
    if (difference !== undefined) {
      report.fail(`${name} step ${step}`, `${difference}\n${JSON.stringify({ spec, question, ours, theirs })}`);
      return;
    }
    if (theirs.object !== undefined) live = age(random, theirs.object as JsonObject);
  }
  report.pass(name);
}

interface Question {
  op: "apply" | "update";
  apiVersion: string;
  kind: string;
  manager: string;
  force: boolean;
  live: JsonObject;
  next: JsonObject;
}

function randomStep(random: Random, spec: JsonObject, live: JsonObject): Question {
  const op = random.chance(0.65) ? "apply" : "update";
  const manager = random.pick(op === "apply" ? managers.slice(0, 5) : managers);
  const wrong = random.chance(0.05) ? 0.2 : 0;
  const next = op === "apply" ? randomConfig(random, spec, wrong) : randomUpdate(random, spec, live, wrong);
  return { op, apiVersion, kind, manager, force: random.chance(0.4), live, next };
}

function randomMetadata(random: Random): JsonObject {
  const metadata: JsonObject = { name: "t" };
  if (random.chance(0.3)) metadata.labels = randomValue(random, strings, 0);
  if (random.chance(0.3)) metadata.annotations = randomValue(random, strings, 0);
  return metadata;
}

function randomConfig(random: Random, spec: JsonObject, wrong: number): JsonObject {
  const config: JsonObject = { apiVersion, kind, metadata: randomMetadata(random) };
  if (random.chance(0.95)) config.spec = randomValue(random, spec, wrong);
  return config;
}

function randomUpdate(random: Random, spec: JsonObject, live: JsonObject, wrong: number): JsonObject {
  const next = cloneJson(live);
  next.spec = wrong > 0 ? randomValue(random, spec, wrong) : mutateValue(random, spec, next.spec);
  if (next.spec === undefined) delete next.spec;
  const metadata: JsonObject = { ...(next.metadata as JsonObject | undefined), name: "t" };
  if (random.chance(0.7)) metadata.uid = "u";
  if (random.chance(0.1)) metadata.managedFields = random.pick<Json>([[], [{}], [{ operation: "Apply" }]]);
  if (random.chance(0.2)) Object.assign(metadata, randomMetadata(random));
  if (random.chance(0.1)) {
    metadata.annotations = {
      [lastApplied]: JSON.stringify({ ...randomConfig(random, spec, 0), spec: next.spec ?? null }),
    };
  }
  next.metadata = metadata;
  return next;
}

function answer(resource: ResourceSchema, question: Question, now: Date): Answer {
  const { live, next } = question;
  const kept = JSON.stringify([live, next]);
  const result = answerUnchecked(resource, question, now);
  return JSON.stringify([live, next]) === kept ? result : { error: "an input was changed in place" };
}

function answerUnchecked(resource: ResourceSchema, { op, live, next, manager, force }: Question, now: Date): Answer {
  const request = { manager, apiVersion, kind, now };
  if (op === "update") return { object: update(resource, live, next, request) };
  try {
    const outcome = apply(resource, live, next, { ...request, force });
    if (outcome.kind === "applied") return { object: outcome.object };
    return { error: outcome.message, code: 409, causes: outcome.causes };
  } catch (error) {
    if (error instanceof MergeError) return { error: error.message, code: error.status };
    throw error;
  }
}

/** Times differ by what passed between the two; their presence must not, nor the order where no second passed. */
function withoutTimes(object: Json | undefined): Json | undefined {
  const copy = cloneJson(object) as JsonObject;
  const entries = ((copy.metadata ?? {}) as JsonObject).managedFields as JsonObject[] | undefined;
  const recent = Date.now() - 10_000;
  for (const entry of entries ?? []) if (Date.parse(String(entry.time)) > recent) entry.time = "now";
  return copy;
}

function differenceOf(ours: Answer, theirs: Answer): string | undefined {
  if (theirs.panicked) return undefined;
  if ((ours.error === undefined) !== (theirs.error === undefined)) {
    return `one is refused: ours ${ours.error ?? "is not"}, theirs ${theirs.error ?? "is not"}`;
  }
  if (ours.error !== undefined) return differenceOfErrors(ours, theirs);
  return deepEqual(withoutTimes(ours.object), withoutTimes(theirs.object)) ? undefined : "objects differ";
}

function differenceOfErrors(ours: Answer, theirs: Answer): string | undefined {
  if (theirs.code !== undefined && ours.code !== theirs.code) return `code ${ours.code}, theirs ${theirs.code}`;
  const causes = (one: Answer): Json =>
    sortKeys((one.causes ?? []).map(({ message, field }) => `${message} ${field}`).sort());
  if (!deepEqual(causes(ours), causes(theirs))) return "causes differ";
  if (ours.error === theirs.error || (ours.code !== 409 && isOneOfSeveral(ours, theirs))) return undefined;
  return `messages differ: ours ${ours.error}, theirs ${theirs.error}`;
}

/** Of several wrong fields the original names the one that its random map order meets first. */
function isOneOfSeveral(ours: Answer, theirs: Answer): boolean {
  const untilPath = (text = ""): string => text.split(/: (?:errors:|\.)/)[0] ?? "";
  return untilPath(ours.error) === untilPath(theirs.error);
}

/** Moves recorded times into the past, so that later entries have others. */
function age(random: Random, object: JsonObject): JsonObject {
  const entries = ((object.metadata ?? {}) as JsonObject).managedFields as JsonObject[] | undefined;
  for (const entry of entries ?? []) {
    if (entry.time !== undefined)
      entry.time = new Date(Date.now() - 20_000 - random.below(100_000)).toISOString().slice(0, 19) + "Z";
  }
  return object;
}
