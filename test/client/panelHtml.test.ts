/** The panel's page lets in its own script and style sheet and nothing else. */
import type { Webview } from 'vscode';
import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  Uri: {
    joinPath: (base: { path: string }, ...parts: readonly string[]) => ({
      path: [base.path, ...parts].join('/'),
      toString: () => [base.path, ...parts].join('/'),
    }),
  },
}));
const { panelHtml } = await import('../../client/src/panel/panelHtml');

const webview = { cspSource: 'https://webview.test', asWebviewUri: (uri: unknown) => uri } as unknown as Webview;
const extensionUri = { path: '/extension' } as unknown as Parameters<typeof panelHtml>[1];

describe('HTML of the panel', () => {
  it('has the content security policy, with the nonce of its script', () => {
    const html = panelHtml(webview, extensionUri, 'side');
    const nonce = /script-src 'nonce-([^']+)'/.exec(html)?.[1];
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(html).toContain(
      `content="default-src 'none'; script-src 'nonce-${nonce ?? ''}'; style-src https://webview.test; font-src https://webview.test; img-src https://webview.test blob: data:"`,
    );
    expect(html.match(/<script[^>]*>/g)).toEqual([`<script nonce="${nonce ?? ''}" src="/extension/dist/webview/panel.js">`]);
  });

  it('has a new nonce each time', () => {
    expect(panelHtml(webview, extensionUri, 'side')).not.toBe(panelHtml(webview, extensionUri, 'side'));
  });

  it('has no style and no handler of its own in the markup', () => {
    expect(panelHtml(webview, extensionUri, 'side')).not.toMatch(/ style=| on[a-z]+=|<style/);
  });
});
