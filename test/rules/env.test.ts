/** The scanner of references against the kubelet's own algorithm, what the kubelet makes of a Service, and host names in values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Opaque } from '../../server/src/base/opaque';
import { serviceVariables, variableOrigins, variablePrefix } from '../../server/src/model/serviceVariables';
import { readableText, scanReferences } from '../../server/src/rules/shared/env';
import { hostNamesIn } from '../../server/src/rules/shared/hostNames';
import { indexOf } from '../support/workspaceOf';

/** `Expand` of third_party/forked/golang/expansion/expand.go, character by character; what it looks up is noted. */
function expand(input: string, noted: string[]): string {
  let result = '';
  let checkpoint = 0;
  for (let cursor = 0; cursor < input.length; cursor++) {
    if (input[cursor] !== '$' || cursor + 1 >= input.length) continue;
    result += input.slice(checkpoint, cursor);
    const rest = input.slice(cursor + 1);
    let advance = 1;
    if (rest.startsWith('$')) result += '$';
    else if (rest.startsWith('(')) {
      const close = rest.indexOf(')', 1);
      if (close < 0) result += '$(';
      else {
        noted.push(rest.slice(1, close));
        result += `<${rest.slice(1, close)}>`;
        advance = close + 1;
      }
    } else result += `$${rest[0] ?? ''}`;
    cursor += advance;
    checkpoint = cursor + 1;
  }
  return result + input.slice(checkpoint);
}

describe('scanReferences', () => {
  it('finds what the kubelet looks up, where it stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('$', '(', ')', 'A', 'b_', ' ', '$(', '$$', '$(X)', 'é😀')).map((parts) => parts.join('')),
        (text) => {
          const noted: string[] = [];
          expand(text, noted);
          const { references } = scanReferences(text);
          expect(references.map(({ name }) => name)).toEqual(noted);
          for (const { name, span } of references) expect(text.slice(span.start, span.end)).toBe(`$(${name})`);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps offsets true where placeholders are blanked', () => {
    const text = '{{ .a }}$(HOST)${B}-$({{ .c }})<% x %>$(D)';
    const readable = readableText(new Opaque(text)) ?? '';
    expect(readable).toHaveLength(text.length);
    const spans = scanReferences(readable).references.map(({ span }) => text.slice(span.start, span.end));
    expect(spans).toEqual(['$(HOST)', '$({{ .c }})', '$(D)']);
    expect(readable).not.toContain('.c');
  });
});

describe('serviceVariables', () => {
  const service = (spec: string): ReturnType<typeof serviceVariables> => {
    const index = indexOf(`apiVersion: v1\nkind: Service\nmetadata:\n  name: redis-main\nspec: ${spec}\n`);
    const [only] = index.ofKind('Service');
    return only ? serviceVariables(only) : [];
  };

  it('makes the names and values of the kubelet', () => {
    const variables = service('{clusterIP: 10.96.0.11, ports: [{name: web-ui, port: 6379}, {name: sync, port: 53, protocol: UDP}]}');
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, value]))).toEqual({
      REDIS_MAIN_SERVICE_HOST: '10.96.0.11',
      REDIS_MAIN_SERVICE_PORT: '6379',
      REDIS_MAIN_SERVICE_PORT_WEB_UI: '6379',
      REDIS_MAIN_SERVICE_PORT_SYNC: '53',
      REDIS_MAIN_PORT: 'tcp://10.96.0.11:6379',
      REDIS_MAIN_PORT_6379_TCP: 'tcp://10.96.0.11:6379',
      REDIS_MAIN_PORT_6379_TCP_PROTO: 'tcp',
      REDIS_MAIN_PORT_6379_TCP_PORT: '6379',
      REDIS_MAIN_PORT_6379_TCP_ADDR: '10.96.0.11',
      REDIS_MAIN_PORT_53_UDP: 'udp://10.96.0.11:53',
      REDIS_MAIN_PORT_53_UDP_PROTO: 'udp',
      REDIS_MAIN_PORT_53_UDP_PORT: '53',
      REDIS_MAIN_PORT_53_UDP_ADDR: '10.96.0.11',
    });
  });

  it('writes IPv6 addresses in brackets', () => {
    expect(service('{clusterIP: "fd00::1", ports: [{port: 80}]}').find(({ name }) => name === 'REDIS_MAIN_PORT')?.value).toBe('tcp://[fd00::1]:80');
  });

  it('leaves values out that nobody knows', () => {
    const host = service('{ports: [{port: 80}]}').find(({ name }) => name === 'REDIS_MAIN_SERVICE_HOST');
    expect(host).toEqual({ name: 'REDIS_MAIN_SERVICE_HOST', holds: 'address' });
  });

  it('names the Service of every variable that it makes', () => {
    const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, fc.integer({ min: 1, max: 65535 }), (name, port) => {
        const prefix = variablePrefix(name);
        for (const variable of [
          `${prefix}_SERVICE_HOST`,
          `${prefix}_SERVICE_PORT`,
          `${prefix}_SERVICE_PORT_WEB`,
          `${prefix}_PORT`,
          `${prefix}_PORT_${port}_TCP_ADDR`,
        ]) {
          expect(variableOrigins(variable).map(({ service: origin }) => origin)).toContain(name);
        }
      }),
    );
  });

  it('knows names that no Service makes', () => {
    for (const name of ['HOST', '_SERVICE_HOST', 'redis_SERVICE_HOST', 'A B_PORT', 'PORT', '-_PORT']) expect(variableOrigins(name)).toEqual([]);
  });
});

describe('hostNamesIn', () => {
  const found = (text: string, place: 'url' | 'value', name?: string): string[] =>
    hostNamesIn(text, place, name).map(({ host, span, port, portUnknown }) => {
      expect(text.slice(span.start, span.end).toLowerCase().replace(/\.$/, '')).toBe(host);
      if (port) expect(text.slice(port.span.start, port.span.end)).toBe(String(port.number));
      return `${host}${port ? `:${port.number}` : ''}${portUnknown ? ':?' : ''}`;
    });

  it('reads URLs with credentials, lists and paths', () => {
    expect(found('mongodb://u:p@a:27017,b.shop:27018/x?y=z', 'url')).toEqual(['a:27017', 'b.shop:27018']);
    expect(found('jdbc:postgresql://Db.Shop.svc.cluster.local.:5432/x http://web', 'value')).toEqual(['db.shop.svc.cluster.local:5432', 'web']);
    expect(found('jdbc:oracle:thin:@db:1521/x', 'value')).toEqual(['db:1521']);
    expect(found('http://web:$(PORT)/ http://$(HOST):80/ http://[::1]:80/', 'url')).toEqual(['web:?']);
  });

  it('reads addresses that are the whole value', () => {
    expect(found('redis:6379,cache.shop:6380', 'value')).toEqual(['redis:6379', 'cache.shop:6380']);
    expect(found('--redis=redis:6379', 'value')).toEqual(['redis:6379']);
    expect(found('redis:7', 'value', 'REDIS_ADDR')).toEqual(['redis:7']);
  });

  it('leaves images, sentences and numbers alone', () => {
    expect(found('redis:7', 'value', 'TOOL')).toEqual([]);
    expect(found('redis:6379', 'value', 'REDIS_IMAGE')).toEqual([]);
    expect(found('see redis:6379', 'value')).toEqual([]);
    expect(found('10.0.0.1:8080', 'value')).toEqual([]);
    expect(found('redis:6379', 'url')).toEqual([]);
    expect(found('# http://web:80\n  // http://web:81', 'url')).toEqual([]);
  });

  it('takes time in proportion to the text', () => {
    const text = `${'a.'.repeat(2400)}svc `.repeat(40).replaceAll('svc ', 'svc\n');
    const before = performance.now();
    hostNamesIn(text, 'url');
    hostNamesIn(`${'x://'.repeat(20_000)}\n${'-'.repeat(100_000)}`, 'value');
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
