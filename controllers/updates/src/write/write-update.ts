import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { resolveOrigin, reviewRefusal, type SourceWritePorts } from "@eddy/runtime/source-write";
import { writeToCluster } from "./write-cluster.ts";
import { writeToGit } from "./write-git.ts";
import type { UpdatePlan, WriteResult } from "./update-plan.ts";

/** `eddy.sh/write-to: cluster` asks for the direct way also for what comes from Git. */
export const writeToAnnotation = "eddy.sh/write-to";

/** What says who commits will not do. */
const identityCodes: ReadonlySet<string> = new Set(["GIT_SIGNING_KEY", "GIT_COMMITTER"]);

/** Writes a plan to where its object comes from: Git where it was applied from there, else the cluster. */
export async function writeUpdate(plan: UpdatePlan, ports: SourceWritePorts): Promise<WriteResult> {
  const { object } = plan;
  const refusal = reviewRefusal(object.metadata);
  if (refusal !== undefined) return { form: "refused", why: refusal };
  if (isDirect(object)) return writeToCluster(plan, `${writeToAnnotation} asks for that`, ports);
  const origin = await resolveOrigin(object, ports.kube);
  if (origin.form === "cluster") return writeToCluster(plan, "the object is not in Git", ports);
  if (origin.form === "unwritable") return { form: "refused", why: `the object ${origin.reason}` };
  try {
    return await writeToGit(plan, origin, ports);
  } catch (error) {
    // Who is to mend the annotation or the key reads events, not logs.
    if (!(error instanceof EddyError) || !identityCodes.has(error.code)) throw error;
    return { form: "refused", why: error.message };
  }
}

function isDirect({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[writeToAnnotation] === "cluster" || metadata.labels?.[writeToAnnotation] === "cluster";
}
