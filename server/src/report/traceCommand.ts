/** The command line that asks the same question. */
import type { Flow, FlowOptions, PodsInState } from '../protocol/trace';

/** For a POSIX shell; every argument that needs it is in single quotes. */
export function traceCommand(flow: Flow, context?: string): string {
  const parts = ['packetpath', 'trace', '--from', flow.from, '--to', flow.to];
  if (flow.port !== undefined) parts.push('--port', String(flow.port));
  if (flow.protocol !== undefined && flow.protocol !== 'TCP') parts.push('--protocol', flow.protocol);
  if (context !== undefined) parts.push('--context', context);
  parts.push(...optionArguments(flow.options ?? {}));
  return parts.map(quote).join(' ');
}

function optionArguments(options: FlowOptions): readonly string[] {
  const parts: string[] = [];
  if (options.placement !== undefined && options.placement !== 'any') parts.push('--placement', options.placement);
  if (options.cni !== undefined) parts.push('--cni', options.cni);
  if (options.proxyMode !== undefined) parts.push('--proxy-mode', options.proxyMode);
  if (options.ipFamily !== undefined) parts.push('--ip-family', String(options.ipFamily));
  if (options.clientAddress !== undefined && options.clientAddress !== '') parts.push('--client-address', options.clientAddress);
  if (options.namespace !== undefined) parts.push('--namespace', options.namespace);
  for (const state of options.notReady ?? []) parts.push('--not-ready', stateText(state));
  for (const state of options.terminating ?? []) parts.push('--terminating', stateText(state));
  return parts;
}

function stateText({ workload, count }: PodsInState): string {
  return count === undefined ? workload : `${workload}=${count}`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
