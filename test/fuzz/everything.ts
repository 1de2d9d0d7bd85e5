/** Asks of a workspace everything that the product asks: findings, fixes, diagnostics, topology, places, destinations, traces, reports. */
import { codeActions, fixAllKind } from '../../server/src/features/codeActions';
import { destinationsFrom } from '../../server/src/features/destinations';
import { diagnosticsOf } from '../../server/src/features/diagnostics';
import { topologyAnswer } from '../../server/src/features/panelData';
import { placeAt } from '../../server/src/features/placeAt';
import { traceIn } from '../../server/src/features/traces';
import { checkGithub } from '../../server/src/report/checkGithub';
import { checkReport } from '../../server/src/report/checkReport';
import { checkText } from '../../server/src/report/checkText';
import { connectivityCsv } from '../../server/src/report/connectivityCsv';
import { connectivityDot } from '../../server/src/report/connectivityDot';
import { connectivityMarkdown } from '../../server/src/report/connectivityMarkdown';
import { connectivityMermaid } from '../../server/src/report/connectivityMermaid';
import { connectivityReport } from '../../server/src/report/connectivityReport';
import { connectivityText } from '../../server/src/report/connectivityText';
import { contextsReport, contextsText } from '../../server/src/report/contextsReport';
import { diffReport } from '../../server/src/report/diffReport';
import { diffText } from '../../server/src/report/diffText';
import { traceMarkdown } from '../../server/src/report/traceMarkdown';
import { traceMermaid } from '../../server/src/report/traceMermaid';
import { traceText } from '../../server/src/report/traceText';
import { rules } from '../../server/src/rules/rules';
import { Workspace } from '../../server/src/workspace/workspace';
import { testOptions, uriOf } from '../support/workspaceOf';

export interface Asked {
  readonly findings: number;
  readonly traces: number;
  readonly contexts: number;
}

/** Throws what anything threw; a rule that fails counts. `random` chooses the places and the ends. */
export function askEverything(files: Readonly<Record<string, string>>, random: () => number): Asked {
  const failures: unknown[] = [];
  const workspace = new Workspace({
    ...testOptions,
    rules,
    unresolvedReferences: 'hint',
    closed: random() < 0.3,
    ruleFailed: (ruleId, error) => failures.push(new Error(`rule ${ruleId} threw`, { cause: error })),
  });
  for (const [path, text] of Object.entries(files)) workspace.setFile(uriOf(path), path, text);
  const snapshot = workspace.snapshot();
  const uris = Object.keys(files).map(uriOf);
  let traces = 0;
  for (const uri of uris) {
    const diagnostics = diagnosticsOf(snapshot, uri, { yamlProblems: true });
    const position = { line: Math.floor(random() * 40), character: Math.floor(random() * 20) };
    placeAt(snapshot, uri, position);
    codeActions(snapshot, uri, { start: position, end: position }, { diagnostics: diagnostics.slice(0, 3) });
    codeActions(snapshot, uri, { start: position, end: position }, { diagnostics: [], only: [fixAllKind] });
  }
  const report = checkReport(snapshot, uris);
  JSON.stringify(report);
  checkGithub(report);
  checkText(report, { colour: false, quiet: false, lineOf: () => undefined });
  contextsText(contextsReport(snapshot, () => true));
  const connectivity = connectivityReport(snapshot, snapshot.contexts, { explain: random() < 0.5 });
  JSON.stringify(connectivity.report);
  connectivityText(connectivity.report, { colour: false });
  connectivityCsv(connectivity.report, { explain: true });
  connectivityDot(connectivity.report);
  connectivityMermaid(connectivity.report);
  connectivityMarkdown(connectivity);
  const fewer = new Workspace(testOptions);
  for (const [path, text] of Object.entries(files)) if (random() < 0.7) fewer.setFile(uriOf(path), path, text);
  diffText(diffReport(fewer.snapshot(), snapshot, { explain: random() < 0.5 }).report, { colour: false });
  for (const context of snapshot.contexts) {
    const { endpoints } = topologyAnswer(snapshot, { context: context.id });
    const end = (): string => endpoints[Math.floor(random() * endpoints.length)]?.endpoint ?? 'internet';
    destinationsFrom(snapshot, context, end());
    for (let count = 0; count < 3; count++) {
      const answer = traceIn(snapshot, context, { from: end(), to: end() });
      if (!answer.ok) continue;
      for (const trace of answer.traces) {
        traces++;
        traceMarkdown(trace);
        traceMermaid(trace);
      }
      traceText(answer.traces, { expert: random() < 0.5, colour: false });
    }
  }
  if (failures.length > 0) throw failures[0];
  return { findings: report.findings.length, traces, contexts: snapshot.contexts.length };
}
