/** `packetpath trace`: the simulated path, hop by hop. */
import { parseAddress } from '../../base/addresses';
import { traceIn } from '../../features/traces';
import type { Context } from '../../model/context';
import { type Flow, type FlowOptions, type Outcome, placements, type PodsInState, protocols, proxyModes, type Trace } from '../../protocol/trace';
import { traceMermaid } from '../../report/traceMermaid';
import { traceText } from '../../report/traceText';
import { parseEndpoint } from '../../simulation/endpoints';
import { isClusterName } from '../../simulation/hostNames';
import type { Snapshot } from '../../workspace/snapshot';
import type { Command } from './command';
import { commonUsage } from './command';
import { contextNamed, integer, oneOf, parseCommand, renderOption } from './commonOptions';
import { CommandFailure } from './failure';
import { json, writeAnswer } from './output';
import { cniMode } from './policyOptions';
import { openWorkspace } from './readWorkspace';

export const trace: Command = {
  name: 'trace',
  summary: 'the simulated path, hop by hop',
  usage: `packetpath trace [path…] --from E --to E [--port P] [--protocol ${protocols.join('|')}] [--format text|json|mermaid]
                 [--render helm,kustomize]
                 [--placement any|same-node|other-node] [--proxy-mode ${proxyModes.join('|')}]
                 [--cni none|bridge|kindnet|flannel[:vxlan|host-gw]|calico[:ipip|bgp|vxlan|ebpf]|cilium[:tunnel|native]]
                 [--not-ready WORKLOAD[=N]]… [--terminating WORKLOAD[=N]]… [--client-address IP] [--ip-family 4|6]

An endpoint E is pod/NS/NAME, deployment/NS/NAME (and the other workload kinds; /CONTAINER may follow), service/NS/NAME,
ingress/NS/NAME, gateway/NS/NAME, httproute/NS/NAME (and the other routes), node/NAME, internet, ip:ADDRESS, or a URL or host name
as a client would write it. NS/ may be left out.
${commonUsage}`,
  run(args, streams) {
    const { values, paths } = parseCommand(args, {
      ...renderOption,
      from: { type: 'string' },
      to: { type: 'string' },
      port: { type: 'string' },
      protocol: { type: 'string' },
      placement: { type: 'string' },
      cni: { type: 'string' },
      'proxy-mode': { type: 'string' },
      'not-ready': { type: 'string', multiple: true },
      terminating: { type: 'string', multiple: true },
      'client-address': { type: 'string' },
      'ip-family': { type: 'string' },
    });
    const format = oneOf('format', values.format, ['text', 'json', 'mermaid']);
    if (values.from === undefined || values.to === undefined) throw new CommandFailure('trace needs --from and --to');
    const client = values['client-address'];
    if (client !== undefined && !parseAddress(client)) throw new CommandFailure(`--client-address ${client}: expected an IP address`);
    const options: FlowOptions = {
      ...(values.placement === undefined ? {} : { placement: oneOf('placement', values.placement, placements) }),
      ...(values.cni === undefined ? {} : { cni: cniMode(values.cni) }),
      ...(values['proxy-mode'] === undefined ? {} : { proxyMode: oneOf('proxy-mode', values['proxy-mode'], proxyModes) }),
      ...(client === undefined ? {} : { clientAddress: client }),
      ...(values['ip-family'] === undefined ? {} : { ipFamily: oneOf('ip-family', values['ip-family'], ['4', '6']) === '4' ? 4 : 6 }),
      ...(values['not-ready'] ? { notReady: values['not-ready'].map((text) => podsInState('not-ready', text)) } : {}),
      ...(values.terminating ? { terminating: values.terminating.map((text) => podsInState('terminating', text)) } : {}),
      ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
    };
    const flow: Flow = {
      from: values.from,
      to: values.to,
      ...(values.port === undefined ? {} : { port: integer('port', values.port, 1, 65535) }),
      ...(values.protocol === undefined ? {} : { protocol: oneOf('protocol', values.protocol, protocols) }),
      options,
    };
    const { snapshot } = openWorkspace(streams, { values, paths, folderIsWorkspace: true });
    const traces = ask(snapshot, flow, values.context);
    const outcome = together(traces);
    const answer = { schemaVersion: 1, flow, outcome, traces };
    const text =
      format === 'json'
        ? json(relativeUris(snapshot, answer))
        : format === 'mermaid'
          ? traces.map((one) => traceMermaid(one)).join('\n')
          : traceText(relativeUris(snapshot, traces), { expert: false, colour: streams.colour && values.output === undefined });
    writeAnswer(streams, values.output, text.endsWith('\n') ? text : `${text}\n`);
    return outcome === 'delivered' ? 0 : 1;
  },
};

/** In every context that holds both ends; where none does, the error of the context that came nearest. */
function ask(snapshot: Snapshot, flow: Flow, wanted: string | undefined): readonly Trace[] {
  const contexts = wanted === undefined ? snapshot.contexts : [contextNamed(snapshot, wanted)];
  if (contexts.length === 0) throw new CommandFailure('no Kubernetes manifests were found');
  for (const { option, workload } of statesOf(flow)) requireWorkload(snapshot, contexts, flow, option, workload);
  const traces: Trace[] = [];
  const nameless: Trace[] = [];
  let failure: { readonly error: string; readonly candidates: readonly string[] } | undefined;
  for (const context of contexts) {
    const end = isHeld(snapshot, context, flow);
    const answer = traceIn(snapshot, context, flow);
    if (answer.ok) (end ? traces : nameless).push(...answer.traces);
    else if (!failure || answer.candidates.length > failure.candidates.length) failure = answer;
  }
  if (traces.length > 0) return traces;
  if (nameless.length > 0) return nameless;
  const near = failure && failure.candidates.length > 0 ? `; nearest: ${failure.candidates.join(', ')}` : '';
  throw new CommandFailure(`${failure?.error ?? 'nothing to trace'}${near}`);
}

function statesOf({ options }: Flow): readonly { readonly option: string; readonly workload: string }[] {
  const named = (option: string, states: readonly PodsInState[] | undefined) => (states ?? []).map(({ workload }) => ({ option, workload }));
  return [...named('--not-ready', options?.notReady), ...named('--terminating', options?.terminating)];
}

/** A misspelt workload would be one that changes nothing. */
function requireWorkload(snapshot: Snapshot, contexts: readonly Context[], flow: Flow, option: string, workload: string): void {
  const answers = contexts.map((context) => parseEndpoint(snapshot.traceIndex(context), workload, flow.options?.namespace ?? context.namespace ?? 'default'));
  if (answers.some((answer) => answer.ok && answer.endpoint.kind === 'pods')) return;
  const wrong = answers.find((answer) => !answer.ok);
  const near = wrong && wrong.candidates.length > 0 ? `; nearest: ${wrong.candidates.join(', ')}` : '';
  throw new CommandFailure(`${option} ${workload}: ${wrong ? wrong.error : 'expected a workload'}${near}`);
}

/** False for a name of the cluster that nothing in the context stands for: that is no end which the context holds. */
function isHeld(snapshot: Snapshot, context: Context, flow: Flow): boolean {
  const index = snapshot.traceIndex(context);
  const fallback = flow.options?.namespace ?? context.namespace ?? 'default';
  const to = parseEndpoint(index, flow.to, fallback);
  if (!to.ok || to.endpoint.kind !== 'host') return true;
  const from = parseEndpoint(index, flow.from, fallback);
  const sender = from.ok && from.endpoint.kind === 'pods' ? from.endpoint.podSet.namespace : fallback;
  return to.endpoint.host === 'localhost' || !isClusterName(index, to.endpoint.host) || index.resolveName(to.endpoint.host, sender).state === 'found';
}

function together(traces: readonly Trace[]): Outcome {
  const outcomes = new Set(traces.map((one) => one.outcome));
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : 'mixed';
}

function podsInState(option: string, text: string): PodsInState {
  const equals = text.lastIndexOf('=');
  if (equals < 0) return { workload: text };
  return { workload: text.slice(0, equals), count: integer(option, text.slice(equals + 1), 0, 100_000) };
}

/** File uris of the workspace as paths, as `check` writes them. */
function relativeUris<T>(snapshot: Snapshot, value: T): T {
  const paths = new Map([...snapshot.files.values()].map((file) => [file.uri, file.path]));
  const visit = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(visit);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item).map(([key, inner]) => [key, key === 'uri' && typeof inner === 'string' ? (paths.get(inner) ?? inner) : visit(inner)]),
    );
  };
  return visit(value) as T;
}
