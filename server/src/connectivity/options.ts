/** From what a person says to how policies are read. */
import { policyModesOf } from '../cluster/policyEnforcement';
import type { Context } from '../model/context';
import { cniModeOf, type CniMode } from '../protocol/trace';
import type { ConnectivityOptions } from './connectivity';

/** What nobody said is undefined. */
export interface PolicyReading {
  readonly cni?: CniMode;
  readonly ipBlockMatchesPods?: 'spec' | 'never';
  readonly hostNetworkPolicies?: 'ignored' | 'applied';
}

/** The network plugin, given or of the context's settings, decides about `ipBlock` where nobody does. Whether it enforces policies does not matter here. */
export function connectivityOptions(context: Context, reading: PolicyReading): ConnectivityOptions {
  const cni = reading.cni ?? cniModeOf(context.cluster?.cni) ?? 'bridge';
  return {
    ipBlockMatchesPods: reading.ipBlockMatchesPods ?? policyModesOf(cni).ipBlockMatchesPods ?? 'spec',
    hostNetworkPolicies: reading.hostNetworkPolicies ?? 'ignored',
  };
}
