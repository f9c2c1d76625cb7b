import { genericReasons, type ImageRepository, type ScanResult } from "@eddy/api";
import { formatRepository } from "@eddy/core/image";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { announce, progress, wasReady } from "../image/announce.ts";
import { ownerKey } from "../image/owner.ts";
import { parseImageRepository } from "../image/parse-image.ts";
import { requireGate, resolveImageAccess } from "../image/resolve-access.ts";
import { determineScan, exclusionListOf } from "./determine-scan.ts";
import type { Ports } from "./ports.ts";
import { scanTags } from "./scan.ts";

/** One level-based pass over one ImageRepository: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileImageRepository(
  run: Run<ImageRepository>,
  ports: Ports,
): Promise<Outcome<ImageRepository>> {
  const { object } = run;
  const owner = ownerKey(object);
  requireGate(object, ports);
  announce(run);
  const repository = parseImageRepository(object.spec.image, object.spec.insecure ?? false);
  const canonicalImageName = formatRepository(repository);
  const access = await run.step("Access", () => resolveImageAccess(object, ports));
  const decision = determineScan(object, {
    nowMs: run.startedAtMs,
    canonicalName: canonicalImageName,
    hasTags: ports.tags.has(owner),
    jitterPercentage: ports.jitterPercentage,
  });
  let { lastScanResult } = object.status ?? {};
  if (decision.scan) {
    const message = `scanning: ${decision.reason}`;
    // Policies that wait for tags are not to see a Ready of before the restart.
    if (decision.reason === "no tags in database") run.progress(message);
    else progress(run, message);
    const client = ports.registries.open(owner, access);
    lastScanResult = await run.step("Scan", () => scanTags(run, repository, client, ports));
  }
  const message = readyMessage(lastScanResult);
  const status = { canonicalImageName, observedExclusionList: [...exclusionListOf(object)], lastScanResult };
  return run.succeeded(lastScanResult ? { ...status, lastScanResult } : {}, {
    message,
    requeueAfterMs: decision.nextMs,
    isRoutine: !decision.scan,
    ...(wasReady(object, message)
      ? {}
      : { event: { severity: "info", reason: genericReasons.succeeded, message } as const }),
  });
}

function readyMessage({ tagCount, revision = "" }: ScanResult = { tagCount: 0 }): string {
  return `successful scan: found ${tagCount} tags with checksum ${revision}`;
}
