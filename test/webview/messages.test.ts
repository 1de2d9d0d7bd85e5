/** Messages between page and extension: what has the shape of the protocol, and what is dropped. */
import { describe, expect, it } from 'vitest';
import { isFlow, isFromPanel, isToPanel } from '../../server/src/protocol/panel';

const flow = { from: 'deployment/shop/web', to: 'service/shop/api' };

describe('from the page', () => {
  it.each([
    { type: 'ready' },
    {
      type: 'ask',
      question: { ...flow, port: 80, protocol: 'TCP', options: { cni: 'kindnet', ipFamily: 6, notReady: [{ workload: 'deployment/shop/api', count: 1 }] } },
    },
    { type: 'reveal', at: { uri: 'file:///a.yaml', document: 0, path: ['spec', 0] } },
    { type: 'save', format: 'svg', name: 'shop-topology', content: '<svg/>' },
    { type: 'try', remedy: 0 },
    { type: 'try', remedy: null },
    { type: 'try', remedy: 1, list: 'tips' },
    { type: 'open' },
  ])('takes $type', (message) => expect(isFromPanel({ revision: 1, ...message })).toBe(true));

  it.each([
    { type: 'save', format: 'html', name: 'x', content: '' },
    { type: 'save', format: 'svg', name: 'x'.repeat(200), content: '' },
    { type: 'save', format: 'svg', name: 'x' },
    { type: 'try', remedy: '0' },
    { type: 'try', remedy: 0, list: 'warnings' },
    { type: 'try', remedy: 0, list: '__proto__' },
    { type: 'ask', question: { ...flow, options: { cni: 'evil' } } },
    { type: 'ask', question: { ...flow, options: { notReady: [{ workload: 7 }] } } },
    { type: 'ask', question: { ...flow, options: { notReady: 'all' } } },
    { type: 'ask', question: { ...flow, options: { ipFamily: 5 } } },
    { type: 'ask', question: { ...flow, port: '80' } },
    { type: 'reveal', at: { uri: 'file:///a.yaml', document: 0, path: [{}] } },
    { type: 'copy', what: 'html' },
    { type: '__proto__' },
    { type: 'constructor' },
  ])('drops %j', (message) => expect(isFromPanel({ revision: 1, ...message })).toBe(false));

  it('drops what is no object', () => {
    for (const value of [null, undefined, 0, 'ready', [], { type: 'ready' }, { type: 'ready', revision: '1' }]) expect(isFromPanel(value)).toBe(false);
  });
});

describe('to the page', () => {
  it('takes a trace of an edit that is not made', () => {
    expect(isToPanel({ type: 'trace', revision: 1, question: flow, trace: null, tried: 'Let web in' })).toBe(true);
  });
  it('drops a trace whose question is none', () => {
    for (const question of [undefined, {}, 'a', { from: 1, to: 'b' }]) expect(isToPanel({ type: 'trace', revision: 1, question, trace: null })).toBe(false);
  });
});

describe('a question', () => {
  it('is one with any endpoints, also such that are not there', () => expect(isFlow({ from: '<b>', to: '__proto__' })).toBe(true));
});
