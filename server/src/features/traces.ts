/** Questions to the simulator, answered with evidence that has its place in text. */
import type { Context } from '../model/context';
import type { TextSpan } from '../protocol/source';
import type { Branch, Evidence, Excerpt, Flow, Hop, PolicyAnswer, Remedy, Trace } from '../protocol/trace';
import { cniModeOf, proxyModes } from '../protocol/trace';
import { simulate } from '../simulation/simulate';
import type { Simulation } from '../simulation/simulate';
import { isNamespaced } from '../model/scope';
import type { Snapshot } from '../workspace/snapshot';
import type { FileState } from '../workspace/fileState';
import { memberAt } from './placeAt';
import { placedEdit } from './remedyEdits';
import { textOfLines, toTextSpan } from './toLsp';

/** Settings of the context's cluster stand in where the question leaves the CNI and the proxy mode open. */
export function traceIn(snapshot: Snapshot, context: Context, flow: Flow): Simulation {
  const answer = simulate(snapshot.traceIndex(context), withDefaults(context, flow));
  return answer.ok ? { ok: true, traces: answer.traces.map((trace) => placedTrace(snapshot, withNamespaceNote(snapshot, context, trace))) } : answer;
}

export function withDefaults(context: Context, flow: Flow): Flow {
  const cni = cniModeOf(context.cluster?.cni);
  const proxyMode = proxyModes.find((mode) => mode === context.cluster?.proxyMode);
  return {
    ...flow,
    options: { ...(cni === undefined ? {} : { cni }), ...(proxyMode === undefined ? {} : { proxyMode }), ...flow.options },
  };
}

/** Where nobody says a namespace the trace assumes one, and says for whom. */
function withNamespaceNote(snapshot: Snapshot, context: Context, trace: Trace): Trace {
  if (context.namespace !== undefined || trace.flow.options?.namespace !== undefined) return trace;
  const names = new Set<string>();
  for (const { at } of trace.branches.slice(0, 8).flatMap((branch) => branch.hops.flatMap((hop) => hop.because))) {
    const resource = memberAt(snapshot, context, at);
    if (resource && isNamespaced(resource) && resource.metadata.namespace === undefined && !resource.metadata.namespaceOpaque)
      names.add(resource.metadata.name);
  }
  if (names.size === 0) return trace;
  const shown = [...names].slice(0, 3).join(', ');
  const more = names.size > 3 ? ` and ${names.size - 3} more` : '';
  const assumption = `The manifests write no namespace for ${shown}${more}: default is assumed.`;
  return { ...trace, warnings: [...trace.warnings, assumption], assumptions: [...(trace.assumptions ?? []), assumption] };
}

/** The same trace with uri, range and the lines around it for every piece of evidence. */
export function placedTrace(snapshot: Snapshot, trace: Trace): Trace {
  return {
    ...trace,
    branches: trace.branches.map((branch) => placedBranch(snapshot, branch)),
    unknowns: trace.unknowns.map((unknown) => ({ ...unknown, because: unknown.because.map((evidence) => placedEvidence(snapshot, evidence)) })),
    remedies: trace.remedies.map((remedy) => placedRemedy(snapshot, remedy)),
    ...(trace.tips ? { tips: trace.tips.map((tip) => placedRemedy(snapshot, tip)) } : {}),
  };
}

function placedBranch(snapshot: Snapshot, branch: Branch): Branch {
  const place = (hop: Hop): Hop => ({
    ...hop,
    because: hop.because.map((evidence) => placedEvidence(snapshot, evidence)),
    ...(hop.policies ? { policies: hop.policies.map((policy) => placedPolicy(snapshot, policy)) } : {}),
    ...(hop.trace ? { trace: placedBranch(snapshot, hop.trace) } : {}),
  });
  return { ...branch, hops: branch.hops.map(place), reply: branch.reply.map(place), notReached: branch.notReached.map(place) };
}

function placedEvidence(snapshot: Snapshot, evidence: Evidence): Evidence {
  const located = snapshot.locate(evidence.at);
  if (!located) return evidence;
  const range = toTextSpan(located.file, located.range);
  const place = { ...evidence, uri: located.file.uri, range };
  return isSecret(located.file, evidence.at.document) ? place : { ...place, excerpt: excerptOf(located.file, evidence.at.document, range) };
}

function placedPolicy(snapshot: Snapshot, policy: PolicyAnswer): PolicyAnswer {
  const located = snapshot.locate(policy.at);
  return located ? { ...policy, uri: located.file.uri, range: toTextSpan(located.file, located.range) } : policy;
}

/** The text of a Secret is never shown. */
export function isSecret(file: FileState, document: number): boolean {
  if (file.kustomization !== undefined) return /secretGenerator|kind: *["']?Secret/.test(file.text);
  return file.resources.some((resource) => resource.type === 'Secret' && resource.source.document === document);
}

const linesAround = 4;
const mostMarked = 6;

/** The lines around a range, of its own document only. */
function excerptOf(file: FileState, document: number, { start, end }: TextSpan): Excerpt {
  const lines = file.lines();
  const own = file.yaml.documents[document];
  const top = own ? lines.positionAt(own.start).line + 1 : 1;
  const bottom = own ? lines.positionAt(Math.max(own.start, own.end - 1)).line + 1 : lines.lineCount;
  const last = Math.min(end.line, start.line + mostMarked - 1);
  const from = Math.max(top, start.line - linesAround);
  const to = Math.min(bottom, last + linesAround);
  const marked: number[] = [];
  for (let line = start.line; line <= last; line++) marked.push(line);
  return { firstLine: from, lines: textOfLines(file, from - 1, to), marked };
}

function placedRemedy(snapshot: Snapshot, remedy: Remedy): Remedy {
  return remedy.edits ? { ...remedy, edits: remedy.edits.map((edit) => placedEdit(snapshot, edit)) } : remedy;
}
