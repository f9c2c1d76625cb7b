import { imageReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { parseReference, type Repository } from "@eddy/core/image";
import { StepError } from "@eddy/runtime/controller";

/**
 * The repository that `spec.image` names: no scheme, no tag. Source: image-reflector-controller internal/registry/helper.go.
 * @throws StepError ImageURLInvalid (terminal) in upstream's words
 */
export function parseImageRepository(image: string, insecure: boolean): Repository {
  try {
    const [scheme, ...rest] = image.split("://");
    if (rest.length > 0) throw new Error(`image '${image}' should not include URL scheme; remove '${scheme}://'`);
    const { repository } = parseReference(image, { insecure });
    const { registry } = repository;
    const [, tag] = (image.startsWith(registry) ? image.slice(registry.length) : image).split(":");
    if (tag !== undefined) throw new Error(`image '${image}' should not include a tag; remove ':${tag}'`);
    return repository;
  } catch (cause) {
    throw new StepError(imageReasons.imageUrlInvalid, messageOf(cause), { cause, class: "terminal" });
  }
}
