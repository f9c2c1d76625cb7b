import type { Approval } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import type { ControllerEvent } from "@eddy/runtime/events";
import { controllerName } from "../pass/reporter.ts";
import { subjectOf } from "./approval-loop.ts";

/** What is told when votes decided: of whatever asked for them, in Keel's words and of its level `info`. Pure. Source: spec 2.9. */
export function decisionEvent(approval: Approval, nowMs: number): ControllerEvent {
  const { spec, status } = approval;
  const reason = status?.phase === "Rejected" ? "ApprovalRejected" : "ApprovalApproved";
  return {
    involvedObject: { ...subjectOf(approval), apiVersion: spec.subject.apiVersion },
    severity: "info",
    timestamp: formatTime(new Date(nowMs)),
    message: `${spec.message ?? `change ${spec.from} to ${spec.to}`}: ${status?.message ?? reason}`.slice(0, 1_000),
    reason,
    metadata: { "keel.sh/level": "info" },
    reportingController: controllerName,
    reportingInstance: controllerName,
  };
}
