import {
  flag,
  plainInteger,
  list,
  object,
  oneOf,
  required,
  text,
  type CelRule,
  type Fields,
  type Schema,
} from "../schema.ts";
import { duration } from "../structs/duration.ts";
import type {
  ActionStrategy,
  DeployOptions,
  HelmInstall,
  HelmRollback,
  HelmTest,
  HelmUninstall,
  HelmUpgrade,
  InstallRemediation,
  ReleaseActionOptions,
  TestFilter,
  UpgradeRemediation,
} from "./release-action-types.ts";

const actionFields: Fields<ReleaseActionOptions> = {
  disableHooks: flag({ description: "Do not run hooks." }),
  disableWait: flag({ description: "Do not wait for the objects to be ready." }),
  disableWaitForJobs: flag({ description: "Do not wait for jobs to be completed." }),
  timeout: duration("How long the action may take; `spec.timeout` unless given."),
};

function strategySchema(rule: CelRule): Schema<ActionStrategy> {
  return object<ActionStrategy>(
    {
      name: required(
        oneOf(["RemediateOnFailure", "RetryOnFailure"], {
          description: "Put a failure right, or try again at an interval.",
        }),
      ),
      retryInterval: duration("How soon to try again with `RetryOnFailure`; 5m unless given."),
    },
    {
      description:
        "What follows a failure; `RemediateOnFailure` unless given, or `RetryOnFailure` if the controller is told so.",
      validations: [rule],
    },
  );
}

function deployFields(rule: CelRule): Fields<DeployOptions> {
  return {
    ...actionFields,
    crds: oneOf(["Skip", "Create", "CreateReplace"], {
      description:
        "What becomes of the definitions in the chart's folder `crds`: nothing, only new ones are created, or they are replaced too; `Create` unless given.",
    }),
    disableOpenAPIValidation: flag({ description: "Do not check manifests against the API server's schemas." }),
    disableSchemaValidation: flag({ description: "Do not check values against the chart's schema." }),
    disableTakeOwnership: flag({ description: "Fail over objects that exist and do not belong to the release." }),
    strategy: strategySchema(rule),
  };
}

const remediationFields: Fields<InstallRemediation> = {
  ignoreTestFailures: flag({
    description: "Failed tests are no failure; `spec.test.ignoreFailures` unless given.",
  }),
  remediateLastFailure: flag({ description: "Put right also the failure after the last retry." }),
  retries: plainInteger({ description: "How often to try again; -1 is without end. None unless given." }),
};

const serverSideApplyMode: Schema<"enabled" | "disabled" | "auto"> = oneOf(["enabled", "disabled", "auto"], {
  description: "Whether writes are server-side applies; `auto`, as the release before was made, unless given.",
});

/** Schema of {@link HelmInstall}. */
export const installSchema: Schema<HelmInstall> = object<HelmInstall>(
  {
    ...deployFields({
      message: ".retryInterval cannot be set when .name is 'RemediateOnFailure'",
      rule: "!has(self.retryInterval) || self.name != 'RemediateOnFailure'",
    }),
    createNamespace: flag({ description: "Create `targetNamespace` if it is not there." }),
    remediation: object<InstallRemediation>(remediationFields, {
      description: "How a failed install is put right: by uninstalling and trying again.",
    }),
    replace: flag({ description: "Use the name of a release that was uninstalled and kept." }),
    serverSideApply: flag({ description: "Write by server-side apply; true unless given." }),
    skipCRDs: flag({ description: "Deprecated; it has no effect. Use `crds`." }),
  },
  { description: "How the chart is installed." },
);

/** Schema of {@link HelmUpgrade}. */
export const upgradeSchema: Schema<HelmUpgrade> = object<HelmUpgrade>(
  {
    ...deployFields({
      message: ".retryInterval can only be set when .name is 'RetryOnFailure'",
      rule: "!has(self.retryInterval) || self.name == 'RetryOnFailure'",
    }),
    chartNameChangeStrategy: oneOf(["InPlaceUpdate", "Reinstall"], {
      description: "What a chart of another name does: upgrade, or uninstall first; `Reinstall` unless given.",
    }),
    cleanupOnFail: flag({ description: "Delete what a failed upgrade created." }),
    force: flag({ description: "Replace objects instead of patching them; not with server-side apply." }),
    preserveValues: flag({ description: "Lay the values over those of the release before." }),
    remediation: object<UpgradeRemediation>(
      {
        ...remediationFields,
        strategy: oneOf(["rollback", "uninstall"], {
          description: "Back to the revision before, or uninstall; `rollback` unless given.",
        }),
      },
      { description: "How a failed upgrade is put right." },
    ),
    serverSideApply: serverSideApplyMode,
  },
  { description: "How the chart is upgraded." },
);

/** Schema of {@link HelmTest}. */
export const testSchema: Schema<HelmTest> = object<HelmTest>(
  {
    enable: flag({ description: "Run the chart's tests after an install or upgrade." }),
    filters: list(
      object<TestFilter>({
        exclude: flag({ description: "Do not run this one." }),
        name: required(text({ description: "Name of the test.", minLength: 1, maxLength: 253 })),
      }),
      { description: "Which tests to run; all unless given." },
    ),
    ignoreFailures: flag({ description: "Failed tests do not make the release fail." }),
    timeout: duration("How long the tests may take; `spec.timeout` unless given."),
  },
  { description: "How the release is tested." },
);

/** Schema of {@link HelmRollback}. */
export const rollbackSchema: Schema<HelmRollback> = object<HelmRollback>(
  {
    ...actionFields,
    cleanupOnFail: flag({ description: "Delete what a failed rollback created." }),
    force: flag({ description: "Replace objects instead of patching them; not with server-side apply." }),
    recreate: flag({ description: "Deprecated; it has no effect." }),
    serverSideApply: serverSideApplyMode,
  },
  { description: "How the release is rolled back." },
);

/** Schema of {@link HelmUninstall}. */
export const uninstallSchema: Schema<HelmUninstall> = object<HelmUninstall>(
  {
    deletionPropagation: oneOf(["background", "foreground", "orphan"], {
      description: "How the objects' dependants are deleted.",
      default: "background",
    }),
    disableHooks: flag({ description: "Do not run hooks." }),
    disableWait: flag({ description: "Do not wait for the objects to be gone." }),
    keepHistory: flag({ description: "Keep the releases, marked as uninstalled." }),
    timeout: duration("How long it may take; `spec.timeout` unless given."),
  },
  { description: "How the release is uninstalled." },
);
