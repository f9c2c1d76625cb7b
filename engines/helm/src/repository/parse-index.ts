import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load, YamlError } from "@eddy/goyaml";
import { createEntries, type Entries } from "./entries.ts";
import { decodeFields, goKind, undecodable } from "./decode-fields.ts";
import { formatIndex } from "./format-index.ts";
import { indexError } from "./index-error.ts";
import { splitJsonIndex } from "./split-json-index.ts";
import { splitYamlIndex } from "./split-yaml-index.ts";
import { headFields } from "./version-fields.ts";

/** Bounds of an index. */
export interface IndexLimits {
  /** Bytes of the file. Default 50 MiB, upstream's `--helm-index-max-size`; 100 MiB at most make sense. */
  maxBytes: number;
  /** Bytes of a file that is not laid out version by version and has to be read at once. Default 8 MiB. */
  maxWholeBytes: number;
  /** Versions of all charts. Default 500,000. */
  maxVersions: number;
}

/** An index that was read. */
export interface ParsedIndex {
  /** As upstream stores it: JSON with two spaces, charts by name, versions newest first, what is unusable left out. */
  readonly json: Buffer;
  readonly chartCount: number;
  readonly versionCount: number;
}

/** See {@link IndexLimits}. */
export const defaultIndexLimits: IndexLimits = {
  maxBytes: 50 * 1024 ** 2,
  maxWholeBytes: 8 * 1024 ** 2,
  maxVersions: 500_000,
};

/**
 * Reads an index, YAML or JSON, in small steps: each `yield` is a place to let others work, a few microseconds after the last.
 * Only the result stays. Source: source-controller internal/helm/repository `IndexFromBytes`.
 * @throws HelmError HELM_INDEX in upstream's words
 */
export function* parseIndex(bytes: Buffer, limits: IndexLimits = defaultIndexLimits): Generator<void, ParsedIndex> {
  if (bytes.length === 0) throw indexError("empty index.yaml file");
  if (bytes.length > limits.maxBytes)
    throw indexError(`index exceeds the maximum index file size of ${limits.maxBytes} bytes`);
  const read =
    (yield* attempt(readJson(bytes, limits), SyntaxError)) ??
    (yield* attempt(readYaml(bytes, limits), NotDivisible)) ??
    readWhole(bytes, limits);
  const head = decodeFields(read.head, headFields, {
    isYaml: read.isYaml,
    coerces: read.isYaml,
    struct: "IndexFile",
    path: [],
  });
  if (head["apiVersion"] === "") throw indexError("no API version specified");
  return yield* formatIndex(head, read.entries);
}

interface ReadIndex {
  readonly head: JsonObject;
  readonly entries: Entries;
  readonly isYaml: boolean;
}

/** A file that cannot be cut; it may still be a good index. */
class NotDivisible extends Error {}

function* attempt(
  reading: Generator<void, ReadIndex>,
  otherwise: abstract new (...args: never[]) => Error,
): Generator<void, ReadIndex | undefined> {
  try {
    return yield* reading;
  } catch (error) {
    if (error instanceof otherwise) return undefined;
    throw error;
  }
}

function* readJson(bytes: Buffer, limits: IndexLimits): Generator<void, ReadIndex> {
  if (bytes.subarray(0, 64).toString("latin1").trimStart()[0] !== "{") throw new SyntaxError("not an object");
  const entries = createEntries(false, limits.maxVersions);
  const head: JsonObject = {};
  for (const { chart, member, text } of splitJsonIndex(bytes)) {
    const value = JSON.parse(text) as Json;
    if (chart !== undefined) entries.add(chart, value);
    else if (member === "entries") entries.addAll(value);
    else if (member !== undefined) head[member] = value;
    yield;
  }
  return { head, entries, isYaml: false };
}

function* readYaml(bytes: Buffer, limits: IndexLimits): Generator<void, ReadIndex> {
  const entries = createEntries(true, limits.maxVersions);
  const pieces = splitYamlIndex(bytes);
  let head: JsonObject | undefined;
  for (;;) {
    const next = pieces.next();
    if (next.done) {
      if (!next.value || !head) throw new NotDivisible();
      return { head, entries, isYaml: true };
    }
    const { chart, text } = next.value;
    const value = loadPiece(text);
    if (chart !== undefined) entries.add(chart, value);
    else {
      if (!isObject(value)) throw new NotDivisible();
      const { entries: inHead, ...rest } = value;
      if (inHead !== undefined && inHead !== null) throw new NotDivisible();
      head = rest;
    }
    yield;
  }
}

function loadPiece(text: string): Json {
  try {
    return load(text, { strict: true });
  } catch (error) {
    if (error instanceof YamlError) throw new NotDivisible();
    throw error;
  }
}

function readWhole(bytes: Buffer, limits: IndexLimits): ReadIndex {
  if (bytes.length > limits.maxWholeBytes) {
    throw indexError(
      `read index of ${bytes.length} bytes: it is not laid out version by version, at most ${limits.maxWholeBytes} bytes are read at once`,
    );
  }
  let value: Json;
  try {
    value = load(bytes.toString("utf8"), { strict: true });
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw indexError(`error converting YAML to JSON: ${cause.message}`, { cause });
  }
  if (!isObject(value)) {
    if (value === null) throw indexError("no API version specified");
    throw undecodable(true, `json: cannot unmarshal ${goKind(value)} into Go value of type repo.IndexFile`);
  }
  const { entries: charts, ...head } = value;
  const entries = createEntries(true, limits.maxVersions);
  entries.addAll(charts ?? null);
  return { head, entries, isYaml: true };
}
