// The vendors that gateform manages. Adding one means adding its directory and its name here.

import type { AnyProvider } from "../provider/provider.ts";
import { cloudflare } from "./cloudflare/index.ts";
import { vercel } from "./vercel/index.ts";

export const providers: readonly AnyProvider[] = [cloudflare, vercel];
