/** A number out of a text, for assumed addresses and names that stay the same. */

/** FNV-1a, 32 bits, with a final mix so that neighbours spread. The same text gives the same number everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) value = Math.imul(value ^ text.charCodeAt(position), 0x01000193);
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
