import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "{core,api,runtime,conformance,bench,tools}/src/**/*.test.ts",
      "{engines,clients,controllers,apps,embedded}/*/src/**/*.test.ts",
    ],
    setupFiles: ["tools/src/seed-properties.ts"],
    // Starting Git copies the page tables of the whole process: two workers of one process cost twice as much.
    pool: "forks",
    // A thread's stack. On the quarter of it that a main thread has, a template that includes itself ends with another message.
    execArgv: ["--stack-size=3900"],
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Some wait for a server, a timer or Git: with one worker a core, a fifth of the time was idle.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A state is waited for, not a moment: one second, the default, is less than what a busy machine takes away.
    expect: { poll: { timeout: 15_000, interval: 10 } },
    reporters: process.env["CI"] ? ["default"] : ["dot"],
  },
});

export default config;
