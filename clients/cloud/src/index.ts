/**
 * Logs in to AWS, GCP, Azure and GitHub: static credentials, workload identity, request signing.
 */
export {};
