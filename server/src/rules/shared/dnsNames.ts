/** Names as DNS and the API server allow them. */

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** A DNS-1123 label: at most 63 characters. */
export function isDnsLabel(name: string): boolean {
  return labelPattern.test(name);
}

/** A DNS-1123 subdomain: at most 253 characters; its labels may be of any length (IsDNS1123Subdomain in k8s.io/apimachinery/pkg/util/validation). */
export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && subdomainPattern.test(name);
}

/** `*.` before a subdomain (IsWildcardDNS1123Subdomain). */
export function isWildcardSubdomain(name: string): boolean {
  return name.startsWith('*.') && isDnsSubdomain(name.slice(2)) && name.length <= 253;
}

/** What another tool, or a person, still has to fill in: `__HOST__`, `<host>`, `%HOST%`, `YOUR_HOST`. */
export function isPlaceholderName(name: string): boolean {
  return /[<>$%{}@#]|__/.test(name) || (/[A-Z]/.test(name) && /^[A-Z0-9_.*-]+$/.test(name)) || /^(?:your|my|change|replace|insert)[-_ ]?(?:me\b|_)/i.test(name);
}

/** Lower case, `-` for blanks and underscores, and nothing that is not allowed. Undefined when that gives no name. */
export function dnsSlug(name: string, isValid: (slug: string) => boolean): string | undefined {
  const slug = name
    .slice(0, 300)
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/[^-.a-z0-9]/g, '')
    .replace(/-*\.-*/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '');
  return slug !== name && isValid(slug) ? slug : undefined;
}
