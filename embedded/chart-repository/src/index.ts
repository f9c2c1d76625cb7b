/**
 * A Helm chart repository in process: packages, `index.yaml`, basic authentication, TLS, ETags, a log of requests.
 *
 * For development and tests; content lives in memory and is gone when it stops. Entry point: {@link startChartRepository}.
 */
export { packageChart, type PackagedChart } from "./package-chart.ts";
export { startChartRepository } from "./start-chart-repository.ts";
export type {
  ChartRepository,
  ChartRepositoryOptions,
  ListedAs,
  RepositoryAnswer,
  RepositoryRequest,
} from "./repository.ts";
