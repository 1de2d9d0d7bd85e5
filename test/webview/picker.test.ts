/** What a typed text means: among the choices, and as an endpoint of its own. */
import { describe, expect, it } from 'vitest';
import { matching } from '../../webview/src/pickerMatches';
import { endpointChoices, writtenEndpoint } from '../../webview/src/trace/choices';

const choices = ['cart', 'redis-cart', 'cartservice', 'frontend'].map((label) => ({ value: `service/shop/${label}`, label, detail: 'Service · shop' }));

describe('a typed text', () => {
  it.each([
    ['', ['cart', 'redis-cart', 'cartservice', 'frontend']],
    ['cart', ['cart', 'cartservice', 'redis-cart']],
    ['CART', ['cart', 'cartservice', 'redis-cart']],
    ['shop red', ['redis-cart']],
    ['service/shop/front', ['frontend']],
    ['nothing', []],
  ])('%j means %j', (text, expected) => expect(matching(choices, text).map(({ label }) => label)).toEqual(expected));
});

describe('what stands in no list', () => {
  it.each([
    ['203.0.113.7', 'from', 'ip:203.0.113.7'],
    ['2001:db8::7', 'from', 'ip:2001:db8::7'],
    ['[2001:db8::7]', 'to', 'ip:2001:db8::7'],
    ['redis.shop:6379', 'to', 'redis.shop:6379'],
    ['https://shop.example.com/cart', 'to', 'https://shop.example.com/cart'],
    ['redis', 'from', undefined],
    ['two words', 'to', undefined],
    ['<img src=x>', 'to', undefined],
    ['-', 'to', undefined],
    ['x'.repeat(400), 'to', undefined],
  ] as const)('%j as %s is %j', (text, end, expected) => expect(writtenEndpoint(text, end)?.value).toBe(expected));
});

describe('choices', () => {
  const endpoint = (name: string): { endpoint: string; label: string; detail: string; ports: [] } => ({
    endpoint: name,
    label: name.split('/')[2] ?? '',
    detail: 'Service',
    ports: [],
  });
  it('name the namespace where there are several', () => {
    expect(endpointChoices([endpoint('service/a/cart'), endpoint('service/b/cart')], '', 'to').map(({ detail }) => detail)).toEqual([
      'Service · a',
      'Service · b',
      undefined,
    ]);
    expect(endpointChoices([endpoint('service/a/cart')], '', 'to')[0]?.detail).toBe('Service');
  });
  it('of a destination begin with the Service of a name', () => {
    const both = [endpoint('deployment/a/cart'), endpoint('service/a/cart'), endpoint('deployment/a/web')];
    expect(endpointChoices(both, '', 'to').map(({ value }) => value)).toEqual(['service/a/cart', 'deployment/a/cart', 'deployment/a/web', 'internet']);
  });
  it('of a sender leave out what sends nothing, unless it is chosen', () => {
    const both = [endpoint('deployment/a/cart'), endpoint('service/a/cart'), endpoint('ingress/a/web'), endpoint('httproute/a/web')];
    expect(endpointChoices(both, '', 'from').map(({ value }) => value)).toEqual(['deployment/a/cart', 'internet']);
    expect(endpointChoices(both, 'service/a/cart', 'from').map(({ value }) => value)).toEqual(['deployment/a/cart', 'service/a/cart', 'internet']);
  });
});
