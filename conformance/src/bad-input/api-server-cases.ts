import type { Random } from "../random.ts";
import type { Fault, ProxiedRequest } from "./fault-proxy.ts";

/** A way in which an API server misbehaves while commits arrive. */
export interface ApiServerCase {
  name: string;
  /** Decides about each request while it lasts. */
  fault(random: Random): (request: ProxiedRequest) => Fault;
  /** Every open watch ends after each commit. */
  cutsWatches?: boolean;
  /** Commits that arrive while it lasts; default 3. */
  commits?: number;
  /** It ends before anything can converge. */
  isOutage?: boolean;
}

/** The table; every row ends with the cluster as the last commit says. */
export const apiServerCases: readonly ApiServerCase[] = [
  {
    name: "429 with Retry-After for every first try of an apply",
    commits: 1,
    fault: () => {
      const seen = new Set<string>();
      return ({ isWrite, method, path }) => {
        const key = `${method} ${path}`;
        if (!isWrite || !path.includes("/configmaps/") || seen.has(key)) return "pass";
        seen.add(key);
        return { status: 429, reason: "TooManyRequests", retryAfterSeconds: 1 };
      };
    },
  },
  {
    name: "500 for a fifth of all requests",
    fault: (random) => () =>
      random.chance(1 / 5) ? { status: 500, reason: "InternalError", message: "etcdserver: no leader" } : "pass",
  },
  {
    name: "503 for a third of all writes",
    fault:
      (random) =>
      ({ isWrite }) =>
        isWrite && random.chance(1 / 3) ? { status: 503, reason: "ServiceUnavailable" } : "pass",
  },
  {
    name: "connections cut before a fifth of all requests",
    fault: (random) => () => (random.chance(1 / 5) ? "cut" : "pass"),
  },
  {
    name: "answers lost of a third of all writes that were done",
    fault:
      (random) =>
      ({ isWrite }) =>
        isWrite && random.chance(1 / 3) ? "lose" : "pass",
  },
  { name: "every watch cut after every commit", fault: () => () => "pass", cutsWatches: true },
  {
    name: "watches cut, and their versions too old",
    fault: () => {
      const listed = new Set<string>();
      return ({ resumes, path }) => {
        if (!resumes) listed.add(path);
        return listed.has(path) ? "pass" : "expire";
      };
    },
    cutsWatches: true,
  },
  { name: "every answer slow", fault: (random) => () => ({ delayMs: 1 + random.below(100) }) },
  { name: "away altogether", fault: () => () => "cut", isOutage: true, cutsWatches: true },
];
