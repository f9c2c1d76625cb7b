import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Counts requests as the API server writes them down. */
export interface Audit {
  /** Flags that make kube-apiserver write. */
  readonly flags: readonly string[];
  /** `<verb> <resource>` of every request of Eddy's that was answered in the time given, and how often. */
  countBetween(fromMs: number, toMs: number): ReadonlyMap<string, number>;
  close(): void;
}

interface AuditEvent {
  verb: string;
  userAgent?: string;
  objectRef?: { resource?: string; subresource?: string };
  requestURI: string;
  requestReceivedTimestamp: string;
}

/** Each request once, when it comes; not those that the API server makes of itself. */
const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, ResponseComplete, Panic]
rules:
  - level: None
    users: ["system:apiserver"]
  - level: Metadata
`;

/** A log of its own in a folder of its own. */
export function createAudit(): Audit {
  const dir = mkdtempSync(join(tmpdir(), "eddy-audit-"));
  const [policyFile, log] = [join(dir, "policy.yaml"), join(dir, "audit.log")];
  writeFileSync(policyFile, policy);
  return {
    flags: [`--audit-policy-file=${policyFile}`, `--audit-log-path=${log}`, "--audit-log-mode=batch"],
    countBetween(fromMs, toMs) {
      const counts = new Map<string, number>();
      for (const line of readFileSync(log, "utf8").split("\n")) {
        if (line === "") continue;
        const event = JSON.parse(line) as AuditEvent;
        const atMs = Date.parse(event.requestReceivedTimestamp);
        if (!event.userAgent?.startsWith("eddy/") || atMs < fromMs || atMs >= toMs) continue;
        const { resource = event.requestURI, subresource } = event.objectRef ?? {};
        const key = `${event.verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
