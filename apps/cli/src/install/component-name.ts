/** The name of the Deployment, its Service, its ServiceAccount and their label `app.kubernetes.io/component`. */
export const componentName = "eddy-server";
