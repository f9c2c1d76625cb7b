import { kinds } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient } from "@eddy/kube";
import { eventRow, eventHeader, eventTimeMs, type KubeEvent } from "../output/event-row.ts";
import { formatTable } from "../output/table.ts";
import { getObject } from "../cluster/objects.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** Events of one query: a namespace ("" is all) and a field selector. */
interface EventQuery {
  namespace: string;
  fieldSelector?: string;
}

/** `events`: Kubernetes Events of Flux kinds, oldest first. */
export const eventsCommand: Command = defineCommand({
  path: ["events"],
  summary: "Display Kubernetes events for Flux resources",
  flags: {
    allNamespaces: flag.boolean("display events from all namespaces", { short: "A" }),
    watch: flag.boolean("stream events as they happen", { short: "w" }),
    for: flag.text("only events of an object and of its source, `<kind>[/<name>]`"),
    types: flag.list("only events of these types: Normal, Warning"),
  },
  examples: [
    ["Display events of everything", "events -A"],
    ["Display warnings of an app and its source", "events --for Kustomization/podinfo --types warning"],
  ],
  async run({ flags }, context) {
    const types = flags.types.map((type) => type.toLowerCase());
    const unknown = flags.types.find((type) => !["normal", "warning"].includes(type.toLowerCase()));
    if (unknown !== undefined) throw usage(`type '${unknown}' not supported. Supported types are Normal, Warning`);
    const [kube, ownNamespace] = [await context.kube(), await context.namespace()];
    const namespace = flags.allNamespaces ? "" : ownNamespace;
    const queries = await eventQueries(kube, namespace, ownNamespace, flags.for);
    const withNamespace = queries.some((query) => query.namespace === "" || query.namespace !== namespace);
    const wanted = (event: KubeEvent): boolean =>
      isOfOurKind(event) && (types.length === 0 || types.includes((event.type ?? "").toLowerCase()));

    if (flags.watch) {
      let isFirst = true;
      return watchEvents(kube, queries, context.signal, (event) => {
        if (!wanted(event)) return;
        context.print(
          formatTable(isFirst ? eventHeader(withNamespace) : [], [eventRow(event, withNamespace, context.clock.now())]),
        );
        isFirst = false;
      });
    }
    const lists = await Promise.all(
      queries.map((query) => kube.list<KubeEvent>({ group: "", kind: "Event", version: "v1" }, query)),
    );
    const events = lists
      .flatMap((list) => list.items)
      .filter(wanted)
      .sort((a, b) => eventTimeMs(a) - eventTimeMs(b));
    if (events.length === 0) {
      context.status.failure(
        flags.allNamespaces ? "No events found." : `No events found in ${ownNamespace} namespace.`,
      );
      return;
    }
    context.print(
      formatTable(
        eventHeader(withNamespace),
        events.map((event) => eventRow(event, withNamespace, context.clock.now())),
      ),
    );
  },
});

async function eventQueries(
  kube: KubeClient,
  namespace: string,
  ownNamespace: string,
  selector: string | undefined,
): Promise<EventQuery[]> {
  if (selector === undefined) return [{ namespace }];
  const [kindWord = "", name] = selector.split("/", 2);
  const kind = kinds.find(
    (candidate) => candidate.kind.toLowerCase() === kindWord.toLowerCase() || candidate.cli.aliases.includes(kindWord),
  );
  if (!kind) throw usage(`'${kindWord}' is not a recognized Flux kind`);
  const own = { namespace, fieldSelector: fieldSelector(kind.kind, name) };
  if (name === undefined || name === "" || !kind.cli.sourceOf) return [own];
  const source = kind.cli.sourceOf(await getObject(kube, kind, ownNamespace, name));
  return source === undefined
    ? [own]
    : [own, { namespace: source.namespace, fieldSelector: fieldSelector(source.kind, source.name) }];
}

function fieldSelector(kind: string, name: string | undefined): string {
  return `involvedObject.kind=${kind}${name === undefined || name === "" ? "" : `,involvedObject.name=${name}`}`;
}

function isOfOurKind(event: KubeEvent): boolean {
  return kinds.some((kind) => kind.kind === event.involvedObject.kind);
}

function watchEvents(
  kube: KubeClient,
  queries: readonly EventQuery[],
  signal: AbortSignal,
  onEvent: (event: KubeEvent) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const reflections = queries.map((query) =>
      reflect<KubeObject>(kube, { group: "", kind: "Event", version: "v1" }, query, (change) => {
        if (change.type !== "Deleted") onEvent(change.object as KubeEvent);
      }),
    );
    const stop = (): void => {
      for (const reflection of reflections) reflection.stop();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", hint: "see `eddy events --help`" });
}
