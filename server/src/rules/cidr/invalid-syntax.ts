/** A CIDR field whose text is no CIDR. */
import { parseAddress } from '../../base/addresses';
import type { Fix } from '../../model/finding';
import { documentRule } from '../rule';
import { isPlaceholderName } from '../shared/dnsNames';
import { rangeFields, rangeKindsOfRules, type RangeField, type RangeHolder } from '../shared/writtenRanges';

export const invalidSyntax = documentRule({
  meta: {
    id: 'cidr/invalid-syntax',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A field that holds an address range holds something else.',
    why: 'The API server parses every range when the object is created and refuses the whole object when one of them is no network with a prefix length: a NetworkPolicy with one bad `cidr` is not applied at all, so the pods stay as open, or as closed, as they were before. kubeadm and kind stop before the cluster exists. The commonest slip is a single address without `/32`: a bare address is not read as a range of one.',
    remedy:
      'Write a network address, a slash and a prefix length: `10.0.0.0/16` for a network, `10.0.0.5/32` for one IPv4 host, `2001:db8::5/128` for one IPv6 host. An IPv4 prefix is at most 32, an IPv6 prefix at most 128.',
    references: [
      '[Network Policies: ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/)',
      '`pkg/apis/networking/validation/validation.go` (ValidateIPBlock)',
      '`pkg/apis/core/validation/validation.go` (ValidateService, ValidateNode)',
      '`staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go` (parseCIDR)',
    ],
    messages: {
      invalid: '`{value}` is not a CIDR. Write a network and a prefix length, for example 10.0.0.0/16.',
      bare: '`{value}` is a single address; a CIDR needs a prefix length, for example {value}/{width}.',
      empty: 'The range is empty. Write a network and a prefix length, for example 10.0.0.0/16.',
    },
    fixable: true,
  },
  kinds: rangeKindsOfRules,
  *check(resource) {
    for (const field of rangeFields(resource)) {
      if (field.cidr) continue;
      const at = { resource, path: field.path, ...(field.span ? { span: field.span } : {}) };
      if (field.text === '') {
        yield { at, message: 'empty' };
        continue;
      }
      if (!parseAddress(field.text)) {
        if (isPlaceholderName(field.text)) continue;
        yield { at, message: 'invalid', data: { value: field.text } };
        continue;
      }
      const width = field.text.includes(':') ? 128 : 32;
      yield { at, message: 'bare', data: { value: field.text, width }, fixes: fixes(resource, field, width) };
    }
  },
});

/** A single host is no pod or Service range of a cluster, and an address that ends in zeros was more likely meant as a network. */
function fixes(resource: RangeHolder, field: RangeField, width: number): Fix[] {
  if (field.purpose === 'cluster') return [];
  const value = `${field.text}/${width}`;
  const edit = { kind: 'replace' as const, resource, path: field.path, value, ...(field.span ? { span: field.span } : {}) };
  return [{ title: `Write ${value}`, preferred: !/(\.0|::)$/.test(field.text), edits: [edit] }];
}
