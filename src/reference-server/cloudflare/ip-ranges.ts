/**
 * Address ranges of a token's `condition.request_ip`: CIDR notation, IPv4 and IPv6; a bare address is a range of one
 * (our choice).
 */
import { BlockList, isIP } from "node:net";

interface Range {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

function rangeOf(text: string): Range | undefined {
  const [, address = "", bits] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const given = bits === undefined ? most : Number(bits);
  return given > most ? undefined : { address, bits: given, family: version === 4 ? "ipv4" : "ipv6" };
}

export function isRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** Whether an address lies in one of the ranges; an IPv4 address written as IPv6 counts as IPv4. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const text of ranges) {
    const range = rangeOf(text);
    if (range !== undefined) list.addSubnet(range.address, range.bits, range.family);
  }
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
}
