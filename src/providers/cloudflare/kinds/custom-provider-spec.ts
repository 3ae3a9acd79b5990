// What a user may write for a custom provider. Bounds: Cloudflare OpenAPI 2026-10, "AI Gateway Custom Providers".

import * as z from "zod";
import { secretField } from "../../../provider/spec.ts";

/** Also what the map keys look like: the key is the slug unless the file says otherwise. */
export const SLUG = /^[a-zA-Z0-9_-]{1,128}$/;
export const SLUG_FORM = 'letters, digits, "_" and "-"';

const text = (title: string, description: string, example: string) =>
  z
    .string()
    .meta({ title, description: `${description}; "" for none`, examples: [example] })
    .optional();

export const customProviderSpec = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({ title: "Name", description: "Name that people see", examples: ["Acme LLM"] }),
  slug: z
    .string()
    .regex(SLUG, { error: `expected a slug: ${SLUG_FORM}` })
    .meta({
      title: "Slug",
      description: "Requests name the provider as custom-<slug>; the key of this entry if left out",
      examples: ["acme-llm"],
    })
    .optional(),
  base_url: z.url({ protocol: /^https$/, error: "expected an https address" }).meta({
    title: "Base URL",
    description: "Where its API is; what follows custom-<slug>/ in a request's path is appended",
    examples: ["https://llm.acme.com"],
  }),
  headers: z
    .record(z.string().min(1), secretField())
    .meta({
      title: "Headers",
      description: "Headers sent with every request to it: name to a secret reference; {} for none",
      examples: [{ "x-api-key": { env: "ACME_LLM_KEY" } }],
    })
    .optional(),
  enable: z
    .boolean()
    .meta({
      title: "Enabled",
      description: "Whether gateways may use it; a new one is not enabled",
      examples: [true],
    })
    .optional(),
  beta: z
    .boolean()
    .meta({ title: "Beta", description: "Whether it is marked as beta", examples: [false] })
    .optional(),
  description: text("Description", "What it is", "Our own models"),
  link: text("Link", "Address of a page about it", "https://llm.acme.com/docs"),
  curl_example: text("curl example", "A request as one would send it with curl", "curl https://llm.acme.com"),
  js_example: text("JavaScript example", "A request in JavaScript", "await fetch(url)"),
  position: z
    .int()
    .meta({ title: "Position", description: "Place in lists, lowest first", examples: [1] })
    .optional(),
});
