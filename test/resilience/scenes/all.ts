// All scenes. A kind that has none gets one that is made of its sample alone.

import { samples } from "../../contract/samples/all.ts";
import { cloudflareScenes } from "./cloudflare.ts";
import { keyScenes } from "./keys.ts";
import { plainScript, type Scene, sceneOf } from "./scene.ts";
import { vercelScenes } from "./vercel.ts";

const written: readonly Scene[] = [...cloudflareScenes, ...vercelScenes, ...keyScenes];
const without = samples.filter(({ kind }) => !written.some(({ kinds }) => kinds.includes(kind)));

export const scenes: readonly Scene[] = [
  ...written,
  ...without.map((sample) => sceneOf(sample, plainScript(sample))),
];
