/**
 * Which hosts are the public's: everything else is refused, so that nobody reaches what only the gateway's machine
 * reaches. https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
 */

/** First address and length of the prefix of what is not public. */
const SPECIAL: readonly (readonly [address: string, length: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carrier-grade NAT; also Alibaba's metadata
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // Azure's wire server
  ["169.254.0.0", 16], // link-local; also most clouds' metadata
  ["172.16.0.0", 12],
  ["192.0.0.0", 24], // also Oracle's metadata
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Names that mean this machine, its cloud or its network, https://www.rfc-editor.org/rfc/rfc6761 and RFC 8375. */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|lan|home|corp|arpa|test|invalid|onion)$/;

/** Whether an address, as a resolver gives it, is one of the public internet. What can't be read is not. */
export function isPublicAddress(address: string): boolean {
  if (IPV4.test(address)) return isPublicIPv4(address);
  // The URL parser knows every spelling, and none with a zone.
  return URL.canParse(`http://[${address}]/`) &&
    isPublicIPv6(new URL(`http://[${address}]/`).hostname.slice(1, -1));
}

/**
 * Whether the host of a URL may be public: an address that is, or a name that is not known to be private. What a
 * name resolves to is for whoever connects to check. `hostname` is that of a parsed `URL`, which has turned decimal,
 * octal and hexadecimal spellings into plain ones.
 */
export function maybePublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicAddress(hostname.slice(1, -1));
  const name = hostname.toLowerCase().replace(/\.+$/, "");
  if (IPV4.test(name)) return isPublicIPv4(name);
  return name.includes(".") && !PRIVATE_NAME.test(name);
}

function isPublicIPv4(address: string): boolean {
  const number = numberOf(address);
  return number !== undefined &&
    !SPECIAL.some(([first, length]) => {
      const size = 2 ** (32 - length);
      return Math.floor(number / size) === Math.floor(numberOf(first)! / size);
    });
}

function numberOf(address: string): number | undefined {
  const bytes = address.split(".").map(Number);
  return bytes.some((byte) => byte > 255)
    ? undefined
    : bytes.reduce((number, byte) => number * 256 + byte, 0);
}

/**
 * Only 2000::/3 is given to anybody, and within it some is not for hosts: Teredo and its like, documentation, and
 * 6to4, which has an IPv4 address inside as the prefixes outside have that map or translate one.
 */
function isPublicIPv6(canonical: string): boolean {
  const [first = "", second = ""] = canonical.split("::")[0]!.split(":");
  const [high, low] = [parseInt(first || "0", 16), parseInt(second || "0", 16)];
  if (high < 0x2000 || high > 0x3fff) return false;
  if (high === 0x2001) return low >= 0x0200 && low !== 0x0db8;
  return high !== 0x2002 && !(high === 0x3fff && low < 0x1000);
}
