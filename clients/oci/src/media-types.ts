/** Media types of manifests, as registries are asked for them. */
export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerSchema1: "application/vnd.docker.distribution.manifest.v1+json",
  dockerSchema1Signed: "application/vnd.docker.distribution.manifest.v1+prettyjws",
  ociEmptyConfig: "application/vnd.oci.empty.v1+json",
} as const;

/** Whether a manifest of this type lists others. */
export function isIndex(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

/** Whether a manifest is of Docker's first schema, which nothing here reads. */
export function isSchema1(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

/** The `Accept` header of a request for any manifest. Source: go-containerregistry `allManifestMediaTypes`, in its order. */
export const acceptManifests: string = [
  mediaTypes.dockerSchema1,
  mediaTypes.dockerSchema1Signed,
  mediaTypes.dockerManifest,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.ociIndex,
].join(",");
