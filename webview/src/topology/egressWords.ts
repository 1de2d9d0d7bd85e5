/** Whom a workload may send to, in a few words. */
import type { TopologyEgress } from '../../../server/src/protocol/topology';

export function egressWords(egress: TopologyEgress): string {
  switch (egress.state) {
    case 'open':
      return 'sends anywhere';
    case 'closed':
      return 'sends nowhere';
    case 'not-enforced':
      return 'sends anywhere: its policies are not enforced';
    case 'limited': {
      const { workloads, outside } = egress;
      if (workloads === 0) return outside ? 'may send outside only' : 'may send to none of these workloads';
      return `may send to ${workloads}${outside ? ' and outside' : ''}`;
    }
  }
}
