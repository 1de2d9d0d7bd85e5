/** Options of the commands that judge policies for a whole context. */
import type { PolicyReading } from '../../connectivity/options';
import { cniModeOf, cniModes, type CniMode } from '../../protocol/trace';
import { oneOf } from './commonOptions';
import { CommandFailure } from './failure';

export const policyOptions = {
  cni: { type: 'string' },
  'ip-block-matches-pods': { type: 'string' },
  'host-network-policies': { type: 'string' },
} as const;

export const policyUsage = `                 [--cni none|bridge|kindnet|flannel[:vxlan|host-gw]|calico[:ipip|bgp|vxlan|ebpf]|cilium[:tunnel|native]]
                 [--ip-block-matches-pods spec|never] [--host-network-policies ignored|applied]`;

export function policyReading(values: {
  readonly cni?: string;
  readonly 'ip-block-matches-pods'?: string;
  readonly 'host-network-policies'?: string;
}): PolicyReading {
  const block = values['ip-block-matches-pods'];
  return {
    ...(values.cni === undefined ? {} : { cni: cniMode(values.cni) }),
    ...(block === undefined ? {} : { ipBlockMatchesPods: oneOf('ip-block-matches-pods', block, ['spec', 'never']) }),
    hostNetworkPolicies: oneOf('host-network-policies', values['host-network-policies'], ['ignored', 'applied']),
  };
}

/** A plugin alone stands for its first mode. */
export function cniMode(text: string): CniMode {
  const mode = cniModeOf(text);
  if (mode === undefined) throw new CommandFailure(`--cni ${text}: expected one of ${cniModes.join(', ')}`);
  return mode;
}
