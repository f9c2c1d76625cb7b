/** `Current`: as wanted; `InProgress`: on the way; `Failed`: will not get there by itself; `Unknown`: cannot be read. */
export type StatusName = "Current" | "InProgress" | "Failed" | "Terminating" | "NotFound" | "Unknown";

/** The status of one object, and why, in kstatus' words. */
export interface ObjectStatus {
  status: StatusName;
  message: string;
}

/** As wanted. */
export function current(message: string): ObjectStatus {
  return { status: "Current", message };
}

/** On the way. */
export function inProgress(message: string): ObjectStatus {
  return { status: "InProgress", message };
}

/** Will not get there by itself. */
export function failed(message: string): ObjectStatus {
  return { status: "Failed", message };
}
