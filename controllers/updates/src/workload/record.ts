import { isObject } from "@eddy/core/json";

/** Annotation on an object whose images Eddy updates: what was written last, by container, so that a revert by a person is seen. */
export const lastUpdateAnnotation = "eddy.sh/last-update";

/** What was written last to one container. */
export interface UpdateRecord {
  /** Tags. */
  readonly from: string;
  readonly to: string;
  /** Of `to`. */
  readonly digest?: string;
  /** Whether the cluster has been seen with it: a commit takes a while to be applied. */
  readonly seen: boolean;
}

/** By container. */
export type UpdateRecords = Readonly<Record<string, UpdateRecord>>;

const maxLength = 64 * 1024;

/** What the annotation says; entries that are none are left out. Pure. */
export function parseRecords(annotation: string | undefined): UpdateRecords {
  if (annotation === undefined || annotation.length > maxLength) return {};
  let value: unknown;
  try {
    value = JSON.parse(annotation);
  } catch {
    return {};
  }
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([container, entry]) => {
      const record = recordOf(entry);
      return record ? [[container, record] as const] : [];
    }),
  );
}

function recordOf(entry: unknown): UpdateRecord | undefined {
  if (!isObject(entry)) return undefined;
  const { from, to, digest, seen } = entry;
  if (typeof from !== "string" || typeof to !== "string") return undefined;
  return { from, to, ...(typeof digest === "string" ? { digest } : {}), seen: seen === true };
}

/** As the annotation has it. */
export function formatRecords(records: UpdateRecords): string {
  return JSON.stringify(records);
}
