import { genericReasons, imageReasons, type ImagePolicy, type ImageRef, type ImageRepository } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { StepError, type Outcome, type Run } from "@eddy/runtime/controller";
import { announce, wasReady } from "../image/announce.ts";
import { parseImageRepository } from "../image/parse-image.ts";
import { ownerKey } from "../image/owner.ts";
import { requireGate } from "../image/resolve-access.ts";
import { findRepository } from "./find-repository.ts";
import type { Ports } from "./ports.ts";
import { resolveDigest } from "./resolve-digest.ts";
import { selectLatest } from "./select-latest.ts";

/** One level-based pass over one ImagePolicy: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileImagePolicy(run: Run<ImagePolicy>, ports: Ports): Promise<Outcome<ImagePolicy>> {
  const { object } = run;
  requireInterval(object);
  announce(run);
  const found = await run.step("FindRepository", () => findRepository(object, ports));
  const repository = parseImageRepository(found.spec.image, found.spec.insecure ?? false);
  requireGate(found, ports, " in the ImageRepository");
  const scanned = { tags: ports.tags.read(ownerKey(found)), isAwaited: isScanAwaited(found) };
  const tag = await run.step("Select", () => selectLatest(object, scanned));
  const selected = { repository, object: found, ref: { name: found.spec.image, tag } };
  const latestRef = await run.step("Digest", () => resolveDigest(run, selected, ports));

  const { status = {} } = object;
  const isNew = !isSameRef(status.latestRef, latestRef);
  const previous = isNew ? status.latestRef : status.observedPreviousRef;
  const message = readyMessage(latestRef, previous);
  return run.succeeded(isNew ? { latestRef, observedPreviousRef: previous ?? null } : {}, {
    message,
    isRoutine: !isNew,
    ...(wasReady(object, message)
      ? {}
      : { event: { severity: "info", reason: genericReasons.succeeded, message } as const }),
  });
}

function isScanAwaited({ spec, status }: ImageRepository): boolean {
  return spec.suspend !== true && findCondition(status?.conditions, "Ready")?.status !== "False";
}

function requireInterval({ spec }: ImagePolicy): void {
  if (spec.digestReflectionPolicy !== "Always" || spec.interval !== undefined) return;
  const message = "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'";
  throw new StepError(imageReasons.intervalNotConfigured, message, { class: "terminal" });
}

function isSameRef(left: ImageRef | undefined, right: ImageRef): boolean {
  return left?.name === right.name && left.tag === right.tag && (left.digest ?? "") === (right.digest ?? "");
}

/** Source: image-reflector-controller `composeImagePolicyReadyMessage`. */
export function readyMessage(latest: ImageRef, previous: ImageRef | undefined): string {
  const digest = latest.digest ? ` with digest ${latest.digest}` : "";
  const message = `Latest image tag for ${latest.name} resolved to ${latest.tag}${digest}`;
  if (previous === undefined || isSameRef(previous, latest)) return message;
  return `${message} (previously ${previous.name}:${previous.tag}${previous.digest ? `@${previous.digest}` : ""})`;
}
