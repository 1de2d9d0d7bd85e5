/** The simulator's entry: a question about one context, answered with traces. */
import type { ClusterIndex } from '../cluster/clusterIndex';
import type { Branch, Flow, Outcome, Trace } from '../protocol/trace';
import { branchOf } from './branch';
import { createWalk } from './createWalk';
import { type Endpoint, parseEndpoint, type ParsedEndpoint } from './endpoints';
import { familiesOf, type Family } from './families';
import { mergeBranches } from './mergeBranches';
import { optionError, type Question, questionsOf } from './offered';
import { follow } from './stages';
import { enforcingTip } from './tips';
import { senderOf, wayOf } from './ways';
import { createWorld, Notes, type World } from './world';

/** What came of a question. An endpoint that cannot be found is an error with the nearest candidates, not a trace. */
export type Simulation =
  { readonly ok: true; readonly traces: readonly Trace[] } | { readonly ok: false; readonly error: string; readonly candidates: readonly string[] };

export type Simulate = (index: ClusterIndex, flow: Flow) => Simulation;

/** One trace for each port that is asked for or that the destination offers. Never throws, whatever the manifests hold. */
export const simulate: Simulate = (index, flow) => {
  const namespace = flow.options?.namespace ?? index.context.namespace ?? 'default';
  const wrong = optionError(flow);
  if (wrong !== undefined) return { ok: false, error: wrong, candidates: [] };
  const from = parseEndpoint(index, flow.from, namespace);
  if (!from.ok) return from;
  const silent = sendsNothing(index, from.endpoint);
  if (silent !== undefined) return { ok: false, error: silent, candidates: [] };
  const to = localDestination(index, flow, from.endpoint, namespace);
  if (!to.ok) return to;
  const asked = questionsOf(index, flow, from.endpoint, to.endpoint, namespace);
  if (!asked.ok) return asked;
  return { ok: true, traces: asked.questions.map((question) => answer(index, question, namespace)) };
};

/** A Service stands for the pods behind it; without any, nobody sends. */
function sendsNothing(index: ClusterIndex, from: Endpoint): string | undefined {
  if (from.kind !== 'service') return undefined;
  const { yes, maybe } = index.backends(from.service);
  if (yes.length > 0 || maybe.length > 0) return undefined;
  return `a Service sends nothing itself, and no pod of these files stands behind ${from.service.metadata.name}: trace from the workload that is meant`;
}

/** The outcome of several: theirs when they agree, else `mixed`. */
export function commonOutcome(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes;
  if (first === undefined) return 'unknown';
  return outcomes.every((outcome) => outcome === first) ? first : 'mixed';
}

function answer(index: ClusterIndex, question: Question, namespace: string): Trace {
  const families = familiesOf(index, question, namespace);
  const notes = new Notes();
  const { port, protocol, flow } = question;
  const asked = question.entry === undefined ? { ...flow, port, protocol } : { ...flow, protocol };
  const worlds = families.map((family) => ({ family, world: createWorld(index, flow, port, protocol, family, follow, notes, asked) }));
  if (families.length > 1) notes.warn('The Service has addresses of both families; which one a client takes is its own choice, and each is shown as half.');
  const branches = mergeBranches(worlds.flatMap(({ family, world }) => branchesOf(world, question, family, families.length)));
  const outcome = commonOutcome(branches.map((branch) => branch.outcome));
  const tips = outcome === 'delivered' ? [...notes.tips, ...worlds.slice(0, 1).flatMap(({ world }) => enforcingTip(world, branches) ?? [])] : [];
  return {
    context: index.context.id,
    flow: asked,
    outcome,
    branches,
    warnings: notes.warnings,
    unknowns: notes.unknowns,
    remedies: notes.remedies,
    ...(tips.length > 0 && { tips }),
  };
}

function branchesOf(world: World, question: Question, family: Family, families: number): readonly Branch[] {
  const sender = senderOf(world, question.from);
  const { destination, external } = wayOf(world, question, sender);
  const label = families > 1 ? `IPv${family}` : '';
  const start = { ...createWalk(world, sender, destination), ...(external && { external }), share: 1 / families, label };
  return world.follow(world, start).map((walk) => branchOf(world, walk));
}

function localDestination(index: ClusterIndex, flow: Flow, from: Endpoint, namespace: string): ParsedEndpoint {
  const local = /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(?:\/.*)?$/i.exec(flow.to.trim());
  if (!local || from.kind !== 'pods') return parseEndpoint(index, flow.to, namespace);
  const port = local[1] === undefined ? undefined : Number(local[1]);
  return { ok: true, endpoint: { kind: 'host', host: 'localhost', ...(port !== undefined && { port }) } };
}
