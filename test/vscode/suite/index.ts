/** Entry of the suite inside VS Code: runs mocha over the files below and writes the counts. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { activationSuite } from './activation';
import { connectivitySuite } from './connectivity';
import { crashSuite } from './crash';
import { panelSuite } from './panel';
import { tracingSuite } from './tracing';
import { typingSuite } from './typing';

/** One explicit list. Each entry defines its tests when it is called. */
const suites = [activationSuite, typingSuite, tracingSuite, panelSuite, connectivitySuite, crashSuite];

/** Called by VS Code. Rejects when a test failed. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  for (const suite of suites) suite();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => (counts.passed += 1));
    runner.on('fail', () => (counts.failed += 1));
    runner.on('pending', () => (counts.skipped += 1));
  });
  const line = `${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`;
  const file = process.env['PACKETPATH_SUITE_RESULT'];
  if (file !== undefined) writeFileSync(file, `${line}\n`);
  if (failures > 0) throw new Error(`${String(failures)} of the tests in VS Code failed.`);
}
