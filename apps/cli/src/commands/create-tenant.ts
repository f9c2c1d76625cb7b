import { createdName } from "../command/created-name.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { labelKeyErrors, refuseLabel } from "../command/label-errors.ts";
import { parseLabels } from "../command/parse-labels.ts";
import { formatDocument } from "../output/object-formats.ts";
import { secretFlags } from "../secret-data/flags.ts";
import { usage } from "../command/usage.ts";
import { ensureObject } from "../tenant/ensure-object.ts";
import { tenantObjects, type TenantNamespace } from "../tenant/tenant-objects.ts";

/** `create tenant`: namespaces, and in each an account that may do what a role allows. Source: fluxcd/flux2 cmd/flux/create_tenant.go. */
export const createTenantCommand: Command = defineCommand({
  path: ["create", "tenant"],
  summary: "Create or update a tenant",
  details:
    "Makes namespaces, service accounts and role bindings that limit what is reconciled for a tenant to the tenant's namespaces.",
  args: [{ name: "name" }],
  flags: {
    ...secretFlags,
    withNamespace: flag.list("namespace belonging to this tenant"),
    clusterRole: flag.textWithDefault("cluster-admin", "cluster role of the tenant role binding"),
    withServiceAccount: flag.text("service account belonging to this tenant"),
    skipNamespace: flag.boolean("skip namespace creation (namespace must exist already)"),
  },
  examples: [
    ["A tenant with one namespace", "create tenant dev-team --with-namespace=frontend --label=environment=dev"],
    [
      "Print the manifests of a tenant with two",
      "create tenant dev-team --with-namespace=frontend --with-namespace=backend --export > dev-team.yaml",
    ],
  ],
  async run({ args, flags }, context) {
    const name = createdName(args);
    const { clusterRole, withNamespace: namespaces } = flags;
    if (clusterRole === "") throw usage("cluster-role is required");
    if (namespaces.length === 0) throw usage("with-namespace is required");
    for (const namespace of namespaces) refuseLabel(`invalid namespace '${namespace}'`, labelKeyErrors(namespace));
    const labels = parseLabels(flags.label);
    const account = flags.withServiceAccount || name;
    refuseLabel(`invalid service-account name '${account}'`, labelKeyErrors(account));
    const made = tenantObjects({ name, namespaces, account, clusterRole, labels });
    if (!flags.export) return applyTenant(context, made, flags);
    for (const { namespace, account: serviceAccount, roleBinding } of made) {
      const objects = [...(flags.skipNamespace ? [] : [namespace]), serviceAccount, roleBinding];
      context.print(objects.map(formatDocument).join(""));
    }
  },
});

async function applyTenant(
  { kube: connect, status }: CommandContext,
  made: readonly TenantNamespace[],
  { skipNamespace }: { skipNamespace: boolean },
): Promise<void> {
  const kube = await connect();
  for (const { namespace, account, roleBinding } of made) {
    if (!skipNamespace) {
      status.action(`applying namespace ${namespace.metadata.name}`);
      await ensureObject(kube, namespace);
    }
    status.action(`applying service account ${account.metadata.name}`);
    await ensureObject(kube, account);
    status.action(`applying role binding ${roleBinding.metadata.name}`);
    await ensureObject(kube, roleBinding);
  }
  status.success("tenant setup completed");
}
