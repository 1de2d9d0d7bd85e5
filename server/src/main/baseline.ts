/** Baseline files: findings of an old repository that are not reported, by fingerprint. */
import { readManifest } from './manifestFiles';

export type ReadBaseline = { readonly ok: true; readonly fingerprints: ReadonlySet<string> } | { readonly ok: false; readonly reason: string };

/** `file`: absolute, or relative to the working folder. */
export function readBaseline(file: string): ReadBaseline {
  const read = readManifest(file);
  if (!read.ok) return read;
  try {
    const value: unknown = JSON.parse(read.text);
    const fingerprints = (value as { fingerprints?: unknown } | null)?.fingerprints;
    if (Array.isArray(fingerprints)) return { ok: true, fingerprints: new Set(fingerprints.filter((item): item is string => typeof item === 'string')) };
  } catch {
    // No JSON is no baseline.
  }
  return { ok: false, reason: `not a baseline; \`packetpath check --write-baseline ${file}\` writes one` };
}
