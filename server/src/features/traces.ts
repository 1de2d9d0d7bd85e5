/** Questions to the simulator, answered with evidence that has its place in text. */
import type { Context } from '../model/context';
import type { Branch, Evidence, Excerpt, Flow, Hop, Remedy, Trace } from '../protocol/trace';
import { simulate } from '../simulation/simulate';
import type { Simulation } from '../simulation/simulate';
import type { Snapshot } from '../workspace/snapshot';
import type { FileState } from '../workspace/fileState';
import { placedEdit } from './remedyEdits';
import { textOfLines, toTextSpan } from './toLsp';

/** Settings of the context's cluster stand in where the question leaves the CNI and the proxy mode open. */
export function traceIn(snapshot: Snapshot, context: Context, flow: Flow): Simulation {
  const answer = simulate(snapshot.traceIndex(context), withDefaults(context, flow));
  return answer.ok ? { ok: true, traces: answer.traces.map((trace) => placedTrace(snapshot, trace)) } : answer;
}

export function withDefaults(context: Context, flow: Flow): Flow {
  const { cni, proxyMode } = context.cluster ?? {};
  return {
    ...flow,
    options: { ...(cni === undefined ? {} : { cni }), ...(proxyMode === undefined ? {} : { proxyMode }), ...flow.options } as NonNullable<Flow['options']>,
  };
}

/** The same trace with uri, range and the lines around it for every piece of evidence. */
export function placedTrace(snapshot: Snapshot, trace: Trace): Trace {
  return {
    ...trace,
    branches: trace.branches.map((branch) => placedBranch(snapshot, branch)),
    unknowns: trace.unknowns.map((unknown) => ({ ...unknown, because: unknown.because.map((evidence) => placedEvidence(snapshot, evidence)) })),
    remedies: trace.remedies.map((remedy) => placedRemedy(snapshot, remedy)),
  };
}

function placedBranch(snapshot: Snapshot, branch: Branch): Branch {
  const place = (hop: Hop): Hop => ({
    ...hop,
    because: hop.because.map((evidence) => placedEvidence(snapshot, evidence)),
    ...(hop.trace ? { trace: placedBranch(snapshot, hop.trace) } : {}),
  });
  return { ...branch, hops: branch.hops.map(place), reply: branch.reply.map(place), notReached: branch.notReached.map(place) };
}

function placedEvidence(snapshot: Snapshot, evidence: Evidence): Evidence {
  const located = snapshot.locate(evidence.at);
  if (!located) return evidence;
  const range = toTextSpan(located.file, located.range);
  const place = { ...evidence, uri: located.file.uri, range };
  return isSecret(located.file, evidence.at.document) ? place : { ...place, excerpt: excerptOf(located.file, range.start.line, range.end.line) };
}

/** The text of a Secret is never shown. */
export function isSecret(file: FileState, document: number): boolean {
  return file.resources.some((resource) => resource.type === 'Secret' && resource.source.document === document);
}

const linesAround = 4;
const mostMarked = 6;

/** Lines from 1. */
function excerptOf(file: FileState, first: number, last: number): Excerpt {
  const end = Math.min(last, first + mostMarked - 1);
  const from = Math.max(1, first - linesAround);
  const to = Math.min(file.lines().lineCount, end + linesAround);
  const marked: number[] = [];
  for (let line = first; line <= end; line++) marked.push(line);
  return { firstLine: from, lines: textOfLines(file, from - 1, to), marked };
}

function placedRemedy(snapshot: Snapshot, remedy: Remedy): Remedy {
  return remedy.edits ? { ...remedy, edits: remedy.edits.map((edit) => placedEdit(snapshot, edit)) } : remedy;
}
