/** The documents that the editor opens: the matrix of a context, and what changed since a commit. */
import { describe, expect, test } from 'vitest';
import { changesDocument, connectivityDocument } from '../../server/src/features/connectivityDocuments';
import type { DocumentAnswer } from '../../server/src/protocol/requests';
import { deployment, policy } from '../connectivity/table';
import { snapshotOf, uriOf } from '../support/workspaceOf';

const guard = policy('b', '{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}]}]}');
const files = { 'a.yaml': deployment('a'), 'b.yaml': deployment('b'), 'guard.yaml': guard };

function textOf(answer: DocumentAnswer): string {
  if (!answer.ok) throw new Error(answer.error);
  return answer.text;
}

describe('connectivity', () => {
  test('is a matrix while it is small', () => {
    expect(connectivityDocument(snapshotOf(files), { uri: uriOf('a.yaml') })).toEqual({
      ok: true,
      title: 'Connectivity of workspace',
      text: `# Who may talk to whom

As the network policies of these files say, whether or not the network plugin enforces them.

## workspace (folder:.)

| from \\ to               | a   | b      | 0.0.0.0-255.255.255.255 |
|-------------------------|-----|--------|-------------------------|
| a                       | ·   | TCP 80 | all                     |
| b                       | all | ·      | all                     |
| 0.0.0.0-255.255.255.255 | all | –      | ·                       |
`,
    });
  });

  test('is a list where a matrix would be too wide', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`w${number}.yaml`, deployment(`w${number}`)]));
    const text = textOf(connectivityDocument(snapshotOf(many), {}));
    expect(text).toMatch(/\| from +\| to +\| allowed \|/);
    expect(text.split('\n').filter((line) => line.startsWith('| w0 '))).toHaveLength(30);
  });

  test('names are text, whatever they are', () => {
    const text = textOf(connectivityDocument(snapshotOf(deployment('"<img src=x>|[a](b)"')), {}));
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x&gt;\\|\\[a\\](b)');
  });

  test('nothing to show is said', () => {
    expect(connectivityDocument(snapshotOf({}), {})).toMatchObject({ ok: false });
  });
});

describe('changes since a commit', () => {
  const head = (path: string, text: string | null): { uri: string; path: string; text: string | null } => ({ uri: uriOf(path), path, text });

  test('an edited file, a new one, one that is gone', () => {
    const text = textOf(
      changesDocument(snapshotOf(files), [head('guard.yaml', guard.replace('port: 80', 'port: 81')), head('b.yaml', files['b.yaml'])], 'HEAD (0a1b2c3d)'),
    );
    expect(text).toContain('# What opens and closes since HEAD (0a1b2c3d)');
    expect(text).toMatch(
      /\| changes \| deployment\/shop\/a +\| deployment\/shop\/b +\| TCP 81 ⇒ TCP 80 \| NetworkPolicy b was changed; it allows app: a &lt;guard\.yaml:4&gt;/,
    );
    const added = textOf(changesDocument(snapshotOf(files), [head('guard.yaml', null)], 'HEAD'));
    expect(added).toContain('NetworkPolicy b was added');
    const { 'a.yaml': a, 'b.yaml': b } = files;
    const removed = textOf(changesDocument(snapshotOf({ 'a.yaml': a, 'b.yaml': b }), [head('guard.yaml', guard)], 'HEAD'));
    expect(removed).toContain('NetworkPolicy b was removed');
  });

  test('nothing changed, or nothing that matters', () => {
    expect(textOf(changesDocument(snapshotOf(files), [], 'HEAD'))).toContain('No connection opens, closes or changes.');
    expect(textOf(changesDocument(snapshotOf(files), [head('a.yaml', `# a comment\n${files['a.yaml']}`)], 'HEAD'))).toContain('No connection opens');
  });

  test('what is never indexed is not indexed then', () => {
    expect(textOf(changesDocument(snapshotOf(files), [head('node_modules/x.yaml', deployment('x'))], 'HEAD'))).toContain('No connection opens');
  });
});
