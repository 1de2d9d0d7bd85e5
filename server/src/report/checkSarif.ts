/** Findings as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import type { Severity, TextSpan } from '../protocol/source';
import type { Rule } from '../rules/rule';
import type { CheckReport, ReportedFinding } from './checkReport';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', information: 'note', hint: 'note' };

export interface SarifOptions {
  readonly rules: readonly Rule[];
  readonly version: string;
}

/** A plain object for `JSON.stringify`. URIs are relative to the workspace; columns count UTF-16 code units. */
export function checkSarif(report: CheckReport, { rules, version }: SarifOptions): unknown {
  const place = new Map(rules.map((rule, index) => [rule.meta.id, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Packetpath',
            version,
            semanticVersion: version,
            rules: rules.map(({ meta }) => ({
              id: meta.id,
              shortDescription: { text: meta.summary },
              fullDescription: { text: meta.why },
              help: { text: `${meta.why}\n\n${meta.remedy}`, markdown: `${meta.why}\n\n${meta.remedy}` },
              defaultConfiguration: { level: levels[meta.severity], enabled: meta.default !== 'off' },
              properties: { tags: [meta.id.split('/')[0]], tier: meta.tier },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { WORKSPACE: { description: { text: 'the workspace that was checked' } } },
        results: report.findings.map((finding) => resultOf(finding, place.get(finding.ruleId) ?? -1)),
      },
    ],
  };
}

function resultOf(finding: ReportedFinding, ruleIndex: number): unknown {
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [{ ...location(finding.uri, finding.range), ...logical(finding) }],
    partialFingerprints: { 'packetpath/v1': finding.fingerprint },
    ...(finding.related.length > 0
      ? { relatedLocations: finding.related.map(({ message, uri, range }, id) => ({ id, ...location(uri, range), message: { text: message } })) }
      : {}),
    properties: { contexts: finding.contexts },
  };
}

function location(uri: string, { start, end }: TextSpan): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uri.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'WORKSPACE' },
      region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
    },
  };
}

function logical({ object, path }: ReportedFinding): object {
  if (!object) return {};
  const name = `${object.kind}/${object.namespace === null ? '' : `${object.namespace}/`}${object.name}`;
  return { logicalLocations: [{ fullyQualifiedName: `${name}#${path.join('.')}`, kind: 'resource' }] };
}
