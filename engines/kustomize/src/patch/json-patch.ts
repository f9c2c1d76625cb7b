import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { type BuildBudget, sizeOfJson, stepsPerObject } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { parseIndex } from "../node/path.ts";
import { sameJson } from "./same-json.ts";

/** One operation of RFC 6902. */
export type JsonPatchOperation = JsonObject;

/**
 * Reads a JSON patch in JSON or YAML; null and an empty text are patches without operations.
 * @throws KustomizeError for anything but a list of objects
 */
export function parseJsonPatch(text: string, file: string): JsonPatchOperation[] {
  const value = text.startsWith("[") ? parseJson(text, file) : load(text, { file });
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every((operation) => operation === null || isObject(operation))) {
    throw new KustomizeError(`read the JSON patch in "${file}": want a list of operations`, { position: { file } });
  }
  return value.map((operation) => (isObject(operation) ? operation : {}));
}

function parseJson(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new KustomizeError(`read the JSON patch in "${file}": ${cause instanceof Error ? cause.message : ""}`, {
      position: { file },
      cause,
    });
  }
}

type Container = JsonObject | Json[];

/**
 * Applies a patch to an object, in place where it can; returns the result. Behaves as evanphx/json-patch v4 does: indexes may
 * be negative, replace makes a missing key of an object, values that are missing count as null.
 * @throws KustomizeError where an operation does not apply
 */
export function applyJsonPatch(
  document: JsonObject,
  operations: readonly JsonPatchOperation[],
  budget: BuildBudget,
): Json {
  let root: Container = document;
  for (const operation of operations) root = applyOperation(root, operation, budget);
  return root;
}

function applyOperation(root: Container, operation: JsonPatchOperation, budget: BuildBudget): Container {
  budget.step(stepsPerObject);
  const op = typeof operation["op"] === "string" ? operation["op"] : "unknown";
  switch (op) {
    case "add":
      at(root, operation, "path", "add").add(valueOf(operation, budget));
      return root;
    case "remove":
      at(root, operation, "path", "remove").remove();
      return root;
    case "replace":
      return replace(root, operation, budget);
    case "test":
      test(root, operation);
      return root;
    case "copy": {
      const value = at(root, operation, "from", "copy").get() ?? null;
      // A field that is copied into itself doubles.
      budget.write(sizeOfJson(value));
      at(root, operation, "path", "copy").add(structuredClone(value));
      return root;
    }
    case "move": {
      const from = at(root, operation, "from", "move");
      const value = from.get();
      from.remove();
      at(root, operation, "path", "move").add(value ?? null);
      return root;
    }
    default:
      throw new KustomizeError(`Unexpected kind: ${op}`, {
        position: { field: "op" },
      });
  }
}

function valueOf(operation: JsonPatchOperation, budget: BuildBudget): Json {
  const { value = null } = operation;
  budget.write(sizeOfJson(value));
  return structuredClone(value);
}

function replace(root: Container, operation: JsonPatchOperation, budget: BuildBudget): Container {
  if (pathOf(operation, "path", "replace") === "") {
    const value = valueOf(operation, budget);
    if (isObject(value) || Array.isArray(value)) return value;
    throw new KustomizeError("replace operation value must be object or array");
  }
  const place = at(root, operation, "path", "replace");
  place.get();
  place.set(valueOf(operation, budget));
  return root;
}

function test(root: Container, operation: JsonPatchOperation): void {
  const path = pathOf(operation, "path", "test");
  const found = path === "" ? root : at(root, operation, "path", "test").get();
  const wanted = operation["value"];
  if (
    found === undefined || found === null
      ? wanted === undefined || wanted === null
      : wanted !== undefined && sameJson(found, wanted)
  )
    return;
  throw new KustomizeError(`testing value ${path} failed: test failed`, { position: { field: path } });
}

function pathOf(operation: JsonPatchOperation, field: "path" | "from", op: string): string {
  const path = operation[field];
  if (typeof path === "string") return path;
  throw new KustomizeError(`${op} operation failed to decode ${field}: missing value`, { position: { field } });
}

interface Place {
  get: () => Json | undefined;
  set: (value: Json) => void;
  add: (value: Json) => void;
  remove: () => void;
}

function at(root: Container, operation: JsonPatchOperation, field: "path" | "from", op: string): Place {
  const path = pathOf(operation, field, op);
  const parts = path.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const missing = (): KustomizeError =>
    new KustomizeError(`${op} operation does not apply: doc is missing path: "${path}": missing value`, {
      position: { field: path },
    });
  if (parts.length < 2) throw missing();
  let container: Container = root;
  for (const part of parts.slice(1, -1)) {
    const next = child(container, part);
    if (!isObject(next) && !Array.isArray(next)) throw missing();
    container = next;
  }
  const key = parts.at(-1) ?? "";
  return Array.isArray(container) ? placeInList(container, key, path, op) : placeInObject(container, key, path, op);
}

function child(container: Container, part: string): Json | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, part) ? container[part] : undefined;
  const index = parseIndex(part);
  return index === undefined ? undefined : container.at(index);
}

function placeInObject(container: JsonObject, key: string, path: string, op: string): Place {
  const set = (value: Json): void => {
    Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
  };
  return {
    get: () => (Object.hasOwn(container, key) ? container[key] : undefined),
    set,
    add: set,
    remove: () => {
      if (!Object.hasOwn(container, key)) {
        throw new KustomizeError(
          `error in ${op} for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`,
          {
            position: { field: path },
          },
        );
      }
      delete container[key];
    },
  };
}

function placeInList(container: Json[], key: string, path: string, op: string): Place {
  const indexIn = (length: number): number => {
    const index = parseIndex(key);
    if (index === undefined || index >= length || index < -length) {
      throw new KustomizeError(
        `error in ${op} for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`,
        {
          position: { field: path },
        },
      );
    }
    return index < 0 ? index + length : index;
  };
  return {
    get: () => container[indexIn(container.length)],
    set: (value) => void (container[indexIn(container.length)] = value),
    add: (value) => void container.splice(key === "-" ? container.length : indexIn(container.length + 1), 0, value),
    remove: () => void container.splice(indexIn(container.length), 1),
  };
}
