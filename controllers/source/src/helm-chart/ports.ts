import type { ChartPorts } from "../chart-repository/open-chart-source.ts";

/** What a pass over a HelmChart reaches the world through. */
export type Ports = ChartPorts;
