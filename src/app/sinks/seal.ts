// A sealed box (libsodium's crypto_box_seal): anybody can make one for a public key, only the holder of the private key
// opens it. The library loads with the first one, as few runs need it.

/** Bytes of an X25519 public key. */
const KEY_SIZE = 32;

/** Whether a text is a public key in base64, and none of the few of its size that nothing can be sealed for. */
export async function isPublicKey(base64: string): Promise<boolean> {
  if (Buffer.from(base64, "base64").length !== KEY_SIZE) return false;
  return seal("", base64).then(
    () => true,
    () => false,
  );
}

/** @returns base64 of the box. */
export async function seal(value: string, publicKey: string): Promise<string> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const box = sodium.crypto_box_seal(Buffer.from(value, "utf8"), Buffer.from(publicKey, "base64"));
  return Buffer.from(box).toString("base64");
}
