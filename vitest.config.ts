import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      "{core,api,runtime,conformance,bench,tools}/src/**/*.test.ts",
      "{engines,clients,controllers,apps,embedded}/*/src/**/*.test.ts",
    ],
    pool: "threads",
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: process.env["CI"] ? ["default"] : ["dot"],
  },
});

export default config;
