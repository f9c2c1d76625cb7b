/**
 * What a Kustomization or HelmRelease waits for before it does anything: `spec.dependsOn`, on objects of any kind.
 *
 * Not the rules of readiness of the controllers' own kinds, which each brings. Entry points: {@link checkDependencies} for a pass, and
 * {@link foreignDependencies} for the controller's definition.
 */
export {
  checkDependencies,
  type DependencyPorts,
  type DependencyRules,
  type DependencySettings,
} from "./check-dependencies.ts";
export { dependenciesOf, knownDependencyRefsOf, type Dependant, type Dependency } from "./dependency.ts";
export { foreignDependencies } from "./foreign-dependencies.ts";
