/** The publisher: when somebody may have an answer that does not wait for it, and that he is told to ask again. */
import { describe, expect, test } from 'vitest';
import { Publisher, type PublisherHost } from '../../server/src/main/publisher';
import type { Settings } from '../../server/src/protocol/settings';
import { snapshotOf, uriOf } from '../support/workspaceOf';

const snapshot = snapshotOf({ 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }, { port: 80 }] }\n' });

function publisherWith(scope: Settings['diagnosticsScope'], fails = false): { publisher: Publisher; told: () => number; rest: () => Promise<void> } {
  let told = 0;
  const host: PublisherHost = {
    send: () => {
      if (fails) throw new Error('the connection is gone');
    },
    openUris: () => [uriOf('a.yaml')],
    allUris: () => [],
    scope: () => scope,
    yamlProblems: () => true,
    documentation: () => undefined,
    published: () => void (told += 1),
    log: () => undefined,
  };
  const publisher = new Publisher({ forUri: () => snapshot, forContext: () => snapshot }, host, {
    now: () => 0,
    pause: () => new Promise((done) => setImmediate(done)),
  });
  return { publisher, told: () => told, rest: () => new Promise((done) => setTimeout(done, 50)) };
}

describe('an early answer', () => {
  test('is there while rules run, and its end is told', async () => {
    const { publisher, told, rest } = publisherWith('context');
    expect(publisher.answerEarly()).toBe(false);
    publisher.publish();
    expect(publisher.answerEarly()).toBe(true);
    await rest();
    expect(told()).toBe(2);
    expect(publisher.answerEarly()).toBe(false);
  });
  test('nobody asked: told once', async () => {
    const { publisher, told, rest } = publisherWith('context');
    publisher.publish();
    await rest();
    expect(told()).toBe(1);
  });
  test('is none where only open files are looked at', () => {
    const { publisher } = publisherWith('open');
    publisher.publish();
    expect(publisher.answerEarly()).toBe(false);
  });
  test('is told of also when publishing fails', async () => {
    const { publisher, told, rest } = publisherWith('context', true);
    publisher.publish();
    expect(publisher.answerEarly()).toBe(true);
    await rest();
    expect(told()).toBe(1);
    expect(publisher.answerEarly()).toBe(false);
  });
});
