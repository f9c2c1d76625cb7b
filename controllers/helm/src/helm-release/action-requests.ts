import type { DeployOptions, HelmRelease } from "@eddy/api";
import type { Chart, HelmDialect, Values } from "@eddy/helm";
import type {
  InstallRequest,
  RollbackRequest,
  TestRequest,
  UninstallRequest,
  UpgradeRequest,
  WaitStrategy,
} from "@eddy/runtime/helm";
import { timeoutOf } from "./release-pass.ts";
import { waitStrategyOf } from "./release-ports.ts";
import type { ReleaseTarget } from "./release-target.ts";
import { originLabelsOf } from "./render-release.ts";

const defaultMaxHistory = 5;

/** What is released, and where. */
export interface DeployFacts {
  target: ReleaseTarget;
  chart: Chart;
  values: Values;
  helm3Defaults: boolean;
}

const dialect: HelmDialect = "helm4";

/** `spec.install` as a request. Source: helm-controller action/install.go. */
export function installRequestOf(object: HelmRelease, facts: DeployFacts): InstallRequest {
  const { install = {}, targetNamespace } = object.spec;
  const { serverSideApply = !facts.helm3Defaults } = install;
  return {
    ...deployRequest(object, install, facts),
    namespace: facts.target.namespace,
    timeoutMs: timeoutOf(object, "install"),
    serverSideApply,
    forceConflicts: serverSideApply,
    replace: install.replace === true,
    // Only somebody else's namespace can be missing.
    createNamespace: targetNamespace !== undefined && install.createNamespace === true,
  };
}

/** `spec.upgrade` as a request; `isServerSide`: what the release before was made by. Source: helm-controller action/upgrade.go. */
export function upgradeRequestOf(object: HelmRelease, facts: DeployFacts, isServerSide: boolean): UpgradeRequest {
  const { upgrade = {}, maxHistory = defaultMaxHistory } = object.spec;
  const applies = resolveApply(upgrade.serverSideApply, isServerSide);
  return {
    ...deployRequest(object, upgrade, facts),
    timeoutMs: timeoutOf(object, "upgrade"),
    serverSideApply: applies ? "true" : "false",
    forceConflicts: applies,
    forceReplace: upgrade.force === true && !applies,
    reuse: upgrade.preserveValues ? "reuse" : "reset",
    maxHistory,
    cleanupOnFail: upgrade.cleanupOnFail === true,
  };
}

function deployRequest(
  object: HelmRelease,
  options: DeployOptions,
  { target, chart, values, helm3Defaults }: DeployFacts,
): Pick<InstallRequest, "name" | "chart" | "values"> & Partial<Omit<InstallRequest, "serverSideApply">> {
  return {
    name: target.name,
    chart,
    values,
    dialect,
    wait: waitOf(object, options, helm3Defaults),
    waitForJobs: options.disableWaitForJobs !== true,
    disableHooks: options.disableHooks === true,
    takeOwnership: options.disableTakeOwnership !== true,
    skipSchemaValidation: options.disableSchemaValidation === true,
    crds: options.crds ?? "Create",
    crdLabels: originLabelsOf(object),
  };
}

/** `spec.rollback` as a request; `isServerSide`: what the revision that is gone back to was made by. */
export function rollbackRequestOf(
  object: HelmRelease,
  facts: { name: string; version: number; isServerSide: boolean; helm3Defaults: boolean },
): RollbackRequest {
  const { rollback = {}, maxHistory = defaultMaxHistory } = object.spec;
  const applies = resolveApply(rollback.serverSideApply, facts.isServerSide);
  return {
    name: facts.name,
    version: facts.version,
    timeoutMs: timeoutOf(object, "rollback"),
    wait: waitOf(object, rollback, facts.helm3Defaults),
    waitForJobs: rollback.disableWaitForJobs !== true,
    disableHooks: rollback.disableHooks === true,
    serverSideApply: applies ? "true" : "false",
    forceConflicts: applies,
    forceReplace: rollback.force === true && !applies,
    cleanupOnFail: rollback.cleanupOnFail === true,
    maxHistory,
  };
}

/** `spec.uninstall` as a request. */
export function uninstallRequestOf(object: HelmRelease, name: string, helm3Defaults: boolean): UninstallRequest {
  const { uninstall = {} } = object.spec;
  return {
    name,
    timeoutMs: timeoutOf(object, "uninstall"),
    wait: waitOf(object, uninstall, helm3Defaults),
    disableHooks: uninstall.disableHooks === true,
    keepHistory: uninstall.keepHistory === true,
    cascade: uninstall.deletionPropagation ?? "background",
  };
}

/** `spec.test` as a request. */
export function testRequestOf(object: HelmRelease, name: string): TestRequest {
  return { name, timeoutMs: timeoutOf(object, "test"), filters: object.spec.test?.filters ?? [] };
}

function waitOf(object: HelmRelease, { disableWait }: { disableWait?: boolean }, helm3Defaults: boolean): WaitStrategy {
  return disableWait === true ? "hookOnly" : waitStrategyOf(object, helm3Defaults);
}

function resolveApply(mode: "enabled" | "disabled" | "auto" | undefined, isServerSide: boolean): boolean {
  return mode === undefined || mode === "auto" ? isServerSide : mode === "enabled";
}
