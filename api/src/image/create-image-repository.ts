import { parseRepository } from "@eddy/core/image";
import { messageOf } from "@eddy/core/errors";
import { present, usageError, type CreateForm } from "../create-form.ts";

/** How an ImageRepository is made from flags. Source: fluxcd/flux2 cmd/flux/create_image_repository.go. */
export const createImageRepository: CreateForm = {
  flags: {
    image: { form: "text", description: "the image repository to scan; e.g., library/alpine" },
    secretRef: { form: "text", description: "the name of a docker-registry secret to use for credentials" },
    certRef: { form: "text", description: "the name of a secret to use for TLS certificates" },
    scanTimeout: { form: "duration", description: "a timeout for scanning; this defaults to the interval if not set" },
  },
  examples: [
    ["Scan the image repository alpine", "image repository alpine-repo --image alpine --interval 20m"],
    [
      "Scan an image repository that needs an image pull secret",
      "image repository myapp-repo --secret-ref image-pull --image ghcr.io/example.com/myapp --interval 5m",
    ],
  ],
  spec(values, interval) {
    const image = values.text("image");
    if (image === undefined || image === "") throw usageError("an image repository (--image) is required");
    return present({
      image: parsedImage(image),
      interval,
      timeout: values.text("scanTimeout"),
      secretRef: nameRef(values.text("secretRef")),
      certSecretRef: nameRef(values.text("certRef")),
    });
  },
  readyMessages: () => ["ImageRepository reconciliation completed"],
};

function nameRef(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}

function parsedImage(image: string): string {
  try {
    parseRepository(image);
  } catch (error) {
    throw usageError(`unable to parse image value: ${messageOf(error)}`);
  }
  return image;
}
