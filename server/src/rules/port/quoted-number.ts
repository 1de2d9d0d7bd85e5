/** A port number in quotes. */
import { documentRule } from '../rule';
import { portFieldKinds, portFields } from '../shared/portFields';

export const quotedNumber = documentRule({
  meta: {
    id: 'port/quoted-number',
    severity: 'error',
    default: 'error',
    tier: 'A',
    summary: 'A port number stands in quotes and is therefore text.',
    why: 'Where a port may be a number or a name (`targetPort`, the port of a probe or of a NetworkPolicy), a text is always taken for a name. `"8080"` is then a name without a letter, which the API server refuses. Fields that hold only a number, such as `containerPort`, `port` or `nodePort`, cannot be read from a text at all, and the object is refused before any validation. Templates that quote every value are the usual cause.',
    remedy: 'Remove the quotes. In a Helm template use `{{ .Values.port }}` without `quote`, or `| int`.',
    references: [
      '`staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go`',
      '`pkg/apis/core/validation/validation.go` (ValidatePortNumOrName)',
      '[Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)',
    ],
    messages: {
      name: '`"{number}"` is text, so it is taken as a port name, and a name needs a letter. Remove the quotes.',
      number: '`"{number}"` is text, and this field takes only a number, so the API server cannot read it. Remove the quotes.',
    },
    fixable: true,
  },
  kinds: portFieldKinds,
  *check(resource) {
    for (const { path, value, holds } of portFields(resource)) {
      if (typeof value !== 'string' || !/^\d+$/.test(value)) continue;
      const number = Number(value);
      yield {
        at: { resource, path },
        message: holds === 'number' ? 'number' : 'name',
        data: { number: value },
        // A number out of range stays a fault without its quotes, and is told then.
        fixes:
          number <= 65535 ? [{ title: 'Remove the quotes', preferred: true, safe: true, edits: [{ kind: 'replace', resource, path, value: number }] }] : [],
      };
    }
  },
});
