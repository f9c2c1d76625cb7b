import { BucketError } from "./errors.ts";

/**
 * The key as the path of a URL, every step encoded by `encode`.
 * @throws BucketError refused for a key with a step `.` or `..`, which a URL cannot carry
 */
export function objectPath(key: string, encode: (step: string) => string): string {
  const steps = key.split("/");
  if (steps.includes(".") || steps.includes("..")) {
    throw new BucketError(
      "refused",
      `the key ${JSON.stringify(key)} has a step "." or "..", which no address can hold`,
    );
  }
  return steps.map(encode).join("/");
}
