import { compareFlags } from "./flux-cli/flags.ts";
import { compareLogs } from "./flux-cli/logs.ts";
import { compareMigrations } from "./flux-cli/migrations.ts";
import { comparePreviews } from "./flux-cli/previews.ts";
import { compareRandomDiffs } from "./flux-cli/random-diffs.ts";
import { compareVerbs } from "./flux-cli/verbs.ts";
import { startCliWorld } from "./flux-cli/world.ts";
import type { Suite } from "./suite.ts";

/** The command lines of Flux and of Eddy over one cluster. */
export const suite: Suite = {
  name: "flux-cli",
  summary: "eddy and flux print the same over one real cluster",
  async run(report, options) {
    const world = await startCliWorld(options);
    if (!world) return report.skip("all cases", "flux or the real control plane is not built: npm run upstream");
    const before = process.cwd();
    try {
      // Eddy's command line runs in this process; both are to be in the same folder.
      process.chdir(world.place.dir);
      await compareFlags(world, report, options);
      await compareVerbs(world, report, options);
      await compareLogs(world.place.flux, report, options);
      await compareMigrations(world, report, options);
      await comparePreviews(world, report, options);
      if (options.filter === undefined || "random changes".includes(options.filter))
        await compareRandomDiffs(world, report, options);
    } finally {
      process.chdir(before);
      await world.stop();
    }
  },
};
