// The version of this package, put in by scripts/build.mjs from package.json.

declare const GATEFORM_VERSION: string;

export const version: string = GATEFORM_VERSION;
