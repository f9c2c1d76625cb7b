/** The API group of image repositories, policies and automations. */
export const imageGroup = "image.toolkit.fluxcd.io";
/** Name of the controller that scans and selects, in events and as field manager. */
export const imageReflectorControllerName = "image-reflector-controller";
/** Name of the controller that commits, in events and as field manager. */
export const imageAutomationControllerName = "image-automation-controller";
