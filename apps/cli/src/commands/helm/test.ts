import { messageOf } from "@eddy/core/errors";
import { ReleaseError, testRelease, type Release } from "@eddy/runtime/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { formatRelease } from "../../helm/print-release.ts";
import { releasePorts, runHelm } from "../../helm/release-ports.ts";

const flags = {
  logs: flag.boolean("dump the logs from test pods, after all tests are complete and before any cleanup"),
  filter: flag.list("tests by name: name=test1,name=test2, or !name=test3 to exclude one"),
};

/** `helm test`. */
export const helmTestCommand: Command = defineCommand({
  path: ["helm", "test"],
  summary: "Run tests for a release",
  args: [{ name: "release", required: true }],
  flags,
  examples: [["Run the tests of a release and print what they say", "helm test web -n team --logs"]],
  run({ args: [name = ""], flags: { logs, filter } }, context) {
    return runHelm(context, "", async () => {
      const printed: string[] = [];
      const onPodLog = ({ pod, container }: { pod: string; container: string }, text: string): void =>
        void printed.push(`POD LOGS: ${pod} (${container})\n${text}\n`);
      const request = {
        name,
        timeoutMs: context.flags.timeout,
        filters: filter.flatMap(parseFilter),
        ...(logs ? { onPodLog } : {}),
      };
      const report = (release: Release): void => {
        context.print(formatRelease(release, { format: "table", hideNotes: true }));
        if (logs) context.print(`\n${printed.join("")}`);
      };
      try {
        report(await testRelease(request, await releasePorts(context)));
      } catch (error) {
        if (error instanceof ReleaseError && error.release) report(error.release);
        throw error instanceof Error ? error : new Error(messageOf(error));
      }
    });
  },
});

function parseFilter(text: string): { name: string; exclude?: boolean }[] {
  if (text.startsWith("name=")) return [{ name: text.slice("name=".length) }];
  const excluded = /^!\s?name=/.exec(text)?.[0];
  return excluded === undefined ? [] : [{ name: text.slice(excluded.length), exclude: true }];
}
