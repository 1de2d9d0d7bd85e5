/** Every field that holds a CIDR, resource by resource. */
import { parseCidr } from '../../base/addresses';
import { known, type Value } from '../../base/opaque';
import type { RangeText, Resource } from '../../model/resources';
import type { Path } from '../../protocol/source';
import { blocksOfPolicy, type WrittenRange } from './cidrs';

/** `allow` names ranges that let traffic in or out, where a single host is a sensible value; `cluster` those that a cluster is cut from. */
export interface RangeField extends WrittenRange {
  readonly purpose: 'allow' | 'cluster';
}

export const rangeKindsOfRules = ['NetworkPolicy', 'Service', 'Node', 'ServiceCIDR', 'KubeadmClusterConfiguration', 'KindCluster'] as const;
export type RangeHolder = Resource<(typeof rangeKindsOfRules)[number]>;

const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** The ranges whose text is known. Empty texts are among them only where the API server asks for a value. */
export function rangeFields(resource: RangeHolder): RangeField[] {
  switch (resource.type) {
    case 'NetworkPolicy':
      return blocksOfPolicy(resource).flatMap((block) =>
        [block.cidr, ...block.except].flatMap((range) => (range ? [{ ...range, purpose: 'allow' as const }] : [])),
      );
    case 'Service':
      return sourceRanges(resource);
    case 'Node':
      return resource.spec.podCIDRs.flatMap(({ path, cidr }) => single(path, cidr, 'cluster'));
    case 'ServiceCIDR':
      return fromTexts(resource.spec.cidrs);
    case 'KubeadmClusterConfiguration':
    case 'KindCluster':
      return [...fromTexts(resource.spec.podSubnets), ...fromTexts(resource.spec.serviceSubnets)];
  }
}

/**
 * `loadBalancerSourceRanges`, each trimmed of blanks, or, only without it, the comma list of the annotation
 * (ValidateService in pkg/apis/core/validation/validation.go).
 */
function sourceRanges(service: Resource<'Service'>): RangeField[] {
  const ranges = service.spec.loadBalancerSourceRanges;
  if (ranges.length > 0) {
    return ranges.flatMap((value, index) => {
      const text = known(value)?.trim();
      return text === undefined ? [] : [{ path: ['spec', 'loadBalancerSourceRanges', index], text, cidr: parseCidr(text), purpose: 'allow' as const }];
    });
  }
  const list = known(service.metadata.annotations.get(sourceRangesAnnotation));
  if (list === undefined || list.trim() === '') return [];
  const path = ['metadata', 'annotations', sourceRangesAnnotation];
  let offset = 0;
  return list.split(',').map((part) => {
    const text = part.trim();
    const start = offset + part.indexOf(text);
    offset += part.length + 1;
    return { path, span: { start, end: start + text.length }, text, cidr: parseCidr(text), purpose: 'allow' as const };
  });
}

function single(path: Path, value: Value<string>, purpose: RangeField['purpose']): RangeField[] {
  const text = known(value);
  return text === undefined || text === '' ? [] : [{ path, text, cidr: parseCidr(text), purpose }];
}

function fromTexts(texts: readonly RangeText[]): RangeField[] {
  return texts.flatMap(({ path, text, span }) =>
    text === '' ? [] : [{ path, text, cidr: parseCidr(text), purpose: 'cluster' as const, ...(span ? { span } : {}) }],
  );
}
