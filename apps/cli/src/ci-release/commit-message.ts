import { formatImage } from "@eddy/core/image";
import type { PipelineContext } from "./pipeline-context.ts";
import type { ReleaseRequest } from "./release-request.ts";

/** The message: what was asked for, or what is released; then where it comes from, as trailers. */
export function commitMessage(
  { image, targets, message, selector }: Pick<ReleaseRequest, "image" | "targets" | "message"> & { selector?: string },
  pipeline: PipelineContext,
): string {
  const all = selector === undefined ? "all that uses it" : `what has the labels ${selector}`;
  const where = targets.length === 0 ? all : targets.map(({ text }) => text).join(", ");
  const subject = message?.trim() || `Release ${formatImage(image)} to ${where}`;
  const trailers = [
    ["Image", formatImage(image)],
    ["Source-Repository", pipeline.repository],
    ["Source-Commit", pipeline.commit],
    ["Build", pipeline.buildUrl],
  ].flatMap(([name = "", value]) => (value === undefined ? [] : [`${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`]));
  return `${subject}\n\n${trailers.join("\n")}\n`;
}
