import { kinds, type Kind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { listObjects, type ObjectFilter } from "../cluster/objects.ts";
import { watchObjects } from "../cluster/watch-objects.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatObjects, isObjectFormat, outputFormats } from "../output/object-formats.ts";
import { kindTable, type KindTable, type KindTableOptions } from "../output/kind-table.ts";
import { parseStatusSelector } from "../output/status-selector.ts";
import { formatTable } from "../output/table.ts";

/** `get`: objects and their status, as a table or as data. */
export const getCommand: Command = defineCommand({
  path: ["get"],
  summary: "Get the resources and their status",
  details: "The get sub-commands print the statuses of Flux resources.",
  kinds: { where: () => true, words: "pluralPath", all: true },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    allNamespaces: flag.boolean("list the requested object(s) across all namespaces", { short: "A" }),
    noHeader: flag.boolean("skip the header when printing the results"),
    watch: flag.boolean("after listing the requested object(s), watch for changes", { short: "w" }),
    statusSelector: flag.text("the condition and the state to filter by, e.g. ready=false or ready!=true"),
    labelSelector: flag.text("filter objects by label selector", { short: "l" }),
    showSource: flag.boolean("show the source of each object, where the kind has one"),
    output: flag.oneOf(outputFormats, "how to print: a wider table, or the objects themselves", { short: "o" }),
  },
  examples: [
    ["List everything in all namespaces", "get all -A"],
    ["List what is not ready", "get kustomizations -A --status-selector ready=false"],
    ["Print one source as YAML", "get sources git podinfo -o yaml"],
  ],
  async run({ choice, args, flags }, context) {
    const [name] = args;
    const [kube, namespace] = [await context.kube(), flags.allNamespaces ? "" : await context.namespace()];
    const filter: ObjectFilter = {
      namespace,
      ...(name === undefined ? {} : { name }),
      ...(flags.labelSelector === undefined ? {} : { labelSelector: flags.labelSelector }),
    };
    const tableOptions: KindTableOptions = {
      withNamespace: flags.allNamespaces,
      withKind: choice.all,
      withSource: flags.showSource,
      wide: flags.output === "wide",
      nowMs: context.clock.now(),
    };
    const matches = flags.statusSelector === undefined ? () => true : parseStatusSelector(flags.statusSelector);
    const header = (table: KindTable): readonly string[] => (flags.noHeader ? [] : table.header);

    if (flags.watch) {
      const kind = soleKind(choice.all, choice.kinds);
      let isFirst = true;
      return watchObjects(kube, kind, filter, context, (object) => {
        if (!matches(object)) return;
        if (isObjectFormat(flags.output)) return context.print(formatObjects([object], flags.output, true));
        const table = kindTable(kind, [object], tableOptions);
        context.print(formatTable(isFirst ? header(table) : [], table.rows));
        isFirst = false;
      });
    }

    const found = await listAll(kube, choice.kinds, filter, choice.all);
    const objects = found.flatMap(({ items }) => items);
    if (objects.length === 0 && !choice.all) throw nothingFound(soleKind(false, choice.kinds), filter);
    if (isObjectFormat(flags.output))
      return context.print(formatObjects(objects.filter(matches), flags.output, name !== undefined && !choice.all));
    for (const { kind, items } of found) {
      const table = kindTable(kind, items.filter(matches), tableOptions);
      if (choice.all && table.rows.length === 0) continue;
      context.print(formatTable(header(table), table.rows) + (choice.all ? "\n" : ""));
    }
  },
});

async function listAll(
  kube: KubeClient,
  chosen: readonly Kind[],
  filter: ObjectFilter,
  all: boolean,
): Promise<{ kind: Kind; items: KubeObject[] }[]> {
  const lists = chosen.map(async (kind) => {
    try {
      return { kind, items: await listObjects(kube, kind, filter) };
    } catch (error) {
      // `all` is all that is installed.
      if (all && hasReason(error, "NoKindMatch")) return { kind, items: [] };
      throw error;
    }
  });
  return Promise.all(lists);
}

function soleKind(all: boolean, chosen: readonly Kind[]): Kind {
  const [kind] = chosen;
  if (all || !kind) {
    const known = kinds.map((known) => known.cli.pluralPath.join(" ")).join(", ");
    throw new EddyError("USAGE", "expected a single resource type, but found all", {
      class: "terminal",
      hint: `watch one of: ${known}`,
    });
  }
  return kind;
}

function nothingFound(kind: Kind, filter: ObjectFilter): EddyError {
  const where = filter.namespace === "" ? "any" : JSON.stringify(filter.namespace);
  const what =
    filter.name === undefined
      ? `no ${kind.kind} objects found in ${where} namespace`
      : `${kind.kind} object '${filter.name}' not found in ${where} namespace`;
  return new EddyError("NOTHING_FOUND", what, {
    class: "terminal",
    hint: filter.namespace === "" ? "check the selectors" : "look in all namespaces with -A",
  });
}
